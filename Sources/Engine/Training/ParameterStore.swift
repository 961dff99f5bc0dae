internal import Base
internal import CKernels

/// The parameters of a model while it is trained: master values in float32 in TensorFlow's order, and gradients.
public final class ParameterStore {
    /// All parameters, in the order of creation.
    package let parameters: [TrainedParameter]
    private let places: [ParameterKey: Int]

    /// Takes a value for every parameter of a graph.
    ///
    /// - Parameters:
    ///   - graph: The graph as built.
    ///   - weights: The values to start from.
    ///   - isFrozen: Which parameters are to stay what they are.
    /// - Throws: ``EngineError/missingParameter(_:)``, ``EngineError/wrongShape(_:found:expected:)``.
    public init(
        _ graph: Graph,
        weights: Weights,
        isFrozen: (ParameterKey) -> Bool = { _ in false }
    ) throws(EngineError) {
        var parameters: [TrainedParameter] = []
        for parameter in graph.parameters {
            let tensor = try weights.tensor(parameter.key, shape: parameter.shape)
            let values = Storage(byteCount: parameter.count * MemoryLayout<Float>.stride)
            unsafe tensor.copy(to: values.floats)
            parameters.append(
                TrainedParameter(
                    parameter,
                    values: values,
                    isFrozen: isFrozen(parameter.key)
                )
            )
        }
        self.parameters = parameters
        places = Dictionary(
            uniqueKeysWithValues: parameters.enumerated().map { ($1.parameter.key, $0) }
        )
    }

    /// One parameter.
    package subscript(key: ParameterKey) -> TrainedParameter? {
        places[key].map { parameters[$0] }
    }

    /// A copy of all values as they are now.
    public var weights: Weights {
        var weights = Weights()
        for parameter in parameters { weights[parameter.parameter.key] = parameter.tensor }
        return weights
    }
}

/// One parameter while it is trained.
@safe
package final class TrainedParameter {
    package let parameter: Parameter
    /// The master values.
    let values: Storage
    /// What the last backward pass found; nothing where the parameter is not trained.
    let gradient: Storage
    /// Whether it is to stay what it is.
    let isFrozen: Bool
    /// Whether gradient descent changes it.
    package let isTrained: Bool

    init(_ parameter: Parameter, values: Storage, isFrozen: Bool) {
        self.parameter = parameter
        self.values = values
        self.isFrozen = isFrozen
        isTrained = parameter.key.role.isTrainable && !isFrozen
        gradient = Storage(byteCount: isTrained ? values.byteCount : 0)
    }

    /// Whether the L2 penalty counts it: everything trained but what belongs to batch norms.
    package var decays: Bool {
        isTrained && (parameter.key.role == .kernel || parameter.key.role == .bias)
    }

    /// A copy of the values.
    package var tensor: WeightTensor { tensor(of: values) }

    /// A copy of numbers that belong to the parameter's.
    func tensor(of numbers: Storage) -> WeightTensor {
        WeightTensor(shape: parameter.shape, values: unsafe Array(numbers.floats))
    }

    /// A copy of the gradient, in the order of the values.
    package var gradientValues: [Float] { unsafe Array(gradient.floats) }

    /// Adds the gradient to a sum.
    func addGradient(to sum: Storage) {
        unsafe training_accumulate(
            gradient.floats.baseAddress,
            sum.floats.baseAddress,
            parameter.count
        )
    }

    /// Adds a sum to the gradient.
    func addToGradient(_ sum: Storage) {
        unsafe training_accumulate(
            sum.floats.baseAddress,
            gradient.floats.baseAddress,
            parameter.count
        )
    }

    /// Replaces the values.
    ///
    /// - Precondition: as many as there are.
    package func set(_ values: [Float]) {
        precondition(values.count == parameter.count, "\(values.count) values")
        _ = unsafe self.values.floats.update(fromContentsOf: values)
    }
}
