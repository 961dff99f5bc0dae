internal import Base
internal import CKernels

/// Gradient descent with momentum: v = momentum * v + g; w -= rate * v.
///
/// g holds the gradient and the L2 penalty's; both may be clipped together.
@safe
final class MomentumDescent {
    /// The choices about a step.
    struct Settings {
        var momentum: Float
        /// Whether the step is taken from where the momentum would lead.
        var looksAhead: Bool
        var weightDecay: Float
        /// The largest norm of all gradients together.
        var largestNorm: Float?
        /// The rate of a parameter, as a share of the rate of all.
        var rateFactor: @Sendable (ParameterKey) -> Float
    }

    /// Values of one piece of work for a thread.
    private static let chunk = 1 << 15

    private let settings: Settings
    private let parameters: [TrainedParameter]
    /// v of each parameter.
    private let velocities: [Storage]
    private let pieces: [(parameter: Int, start: Int, count: Int)]

    init(_ store: ParameterStore, settings: Settings) {
        self.settings = settings
        let parameters = store.parameters.filter(\.isTrained)
        self.parameters = parameters
        velocities = parameters.map { Storage(byteCount: $0.values.byteCount) }
        pieces = parameters.indices.flatMap { index in
            stride(from: 0, to: parameters[index].parameter.count, by: Self.chunk).map {
                (index, $0, min(Self.chunk, parameters[index].parameter.count - $0))
            }
        }
    }

    /// Changes all trained parameters.
    ///
    /// `scale` is what the gradients are multiplied with: one over the loss's scale. `norm` is the gradients' norm.
    func step(rate: Float, scale: Float, norm: Double) {
        let largest = settings.largestNorm.map(Double.init) ?? .infinity
        let share = norm > largest ? Float(largest / norm) : 1
        let scale = scale * share
        let decay = settings.weightDecay * share
        let momentum = settings.momentum
        let looksAhead: Int32 = settings.looksAhead ? 1 : 0
        let rates = parameters.map { rate * settings.rateFactor($0.parameter.key) }
        unsafe forEachPiece { piece, values, gradient, velocity in
            unsafe training_momentum(
                values,
                gradient,
                velocity,
                piece.count,
                rates[piece.parameter],
                momentum,
                self.parameters[piece.parameter].decays ? decay : 0,
                scale,
                looksAhead
            )
        }
    }

    /// The norm of all gradients together, with the penalty's; not finite if any of them is not.
    func norm(scale: Float) -> Double {
        let sums = Storage(byteCount: pieces.count * MemoryLayout<Double>.stride)
        let target = unsafe sums.bytes.assumingMemoryBound(to: Double.self)
        let decay = settings.weightDecay
        parallel(pieces.count) { index in
            let piece = self.pieces[index]
            let parameter = self.parameters[piece.parameter]
            guard let values = unsafe parameter.values.floats.baseAddress,
                let gradient = unsafe parameter.gradient.floats.baseAddress
            else { return }
            unsafe target[index] = training_slope_square_sum(
                values + piece.start,
                gradient + piece.start,
                piece.count,
                parameter.decays ? decay : 0,
                scale
            )
        }
        return (0..<pieces.count).reduce(0) { unsafe $0 + target[$1] }.squareRoot()
    }

    private func forEachPiece(
        _ body: (
            (parameter: Int, start: Int, count: Int), UnsafeMutablePointer<Float>,
            UnsafePointer<Float>, UnsafeMutablePointer<Float>
        ) -> Void
    ) {
        parallel(pieces.count) { index in
            let piece = self.pieces[index]
            let parameter = self.parameters[piece.parameter]
            guard let values = unsafe parameter.values.floats.baseAddress,
                let gradient = unsafe parameter.gradient.floats.baseAddress,
                let velocity = unsafe self.velocities[piece.parameter].floats.baseAddress
            else { return }
            unsafe body(
                piece,
                values + piece.start,
                gradient + piece.start,
                velocity + piece.start
            )
        }
    }

    /// Copies of v, by parameter.
    var slots: [(key: ParameterKey, tensor: WeightTensor)] {
        zip(parameters, velocities).map { ($0.parameter.key, $0.tensor(of: $1)) }
    }

    /// A copy of a parameter's v; nil for what is not trained.
    func slot(of key: ParameterKey) -> WeightTensor? {
        parameters.firstIndex { $0.parameter.key == key }
            .map { parameters[$0].tensor(of: velocities[$0]) }
    }

    /// Takes v of the parameters that `weights` holds a value of the right shape for; the others' become 0.
    ///
    /// - Returns: how many were taken.
    func restore(_ weights: Weights) -> Int {
        var taken = 0
        for (parameter, velocity) in zip(parameters, velocities) {
            if let tensor = weights[parameter.parameter.key],
                tensor.shape == parameter.parameter.shape
            {
                unsafe tensor.copy(to: velocity.floats)
                taken += 1
            } else {
                unsafe velocity.floats.update(repeating: 0)
            }
        }
        return taken
    }
}

extension ParameterStore {
    /// Half the sum of the squares of everything that the L2 penalty counts, in float64.
    var halfSquareSum: Double {
        parameters.reduce(0) { sum, parameter in
            guard parameter.decays else { return sum }
            return unsafe sum
                + training_square_sum(
                    parameter.values.floats.baseAddress,
                    parameter.parameter.count
                )
                / 2
        }
    }
}
