internal import Base
internal import CKernels

/// Exponential moving averages of all trained parameters, as TensorFlow's `ExponentialMovingAverage` keeps them.
@safe
final class WeightAverage {
    /// How much of the average survives a step.
    let decay: Double
    private let parameters: [TrainedParameter]
    private let averages: [Storage]

    /// Averages that begin at the parameters' values.
    init(_ store: ParameterStore, decay: Double) {
        self.decay = decay
        let parameters = store.parameters.filter(\.isTrained)
        self.parameters = parameters
        averages = parameters.map { parameter in
            let storage = Storage(byteCount: parameter.values.byteCount)
            _ = unsafe storage.floats.update(fromContentsOf: parameter.values.floats)
            return storage
        }
    }

    /// Lets the averages follow the parameters.
    func update() {
        let share = Float(1 - decay)
        parallel(parameters.count) { index in
            unsafe training_average(
                self.parameters[index].values.floats.baseAddress,
                self.averages[index].floats.baseAddress,
                self.parameters[index].parameter.count,
                share
            )
        }
    }

    /// Copies of the averages, by parameter.
    var values: [(key: ParameterKey, tensor: WeightTensor)] {
        zip(parameters, averages).map { ($0.parameter.key, $0.tensor(of: $1)) }
    }

    /// A copy of a parameter's average; nil for what is not trained.
    func value(of key: ParameterKey) -> WeightTensor? {
        parameters.firstIndex { $0.parameter.key == key }
            .map { parameters[$0].tensor(of: averages[$0]) }
    }

    /// Takes the averages that `weights` holds in the right shape.
    func restore(_ weights: Weights) {
        for (parameter, average) in zip(parameters, averages) {
            guard let tensor = weights[parameter.parameter.key],
                tensor.shape == parameter.parameter.shape
            else { continue }
            unsafe tensor.copy(to: average.floats)
        }
    }
}
