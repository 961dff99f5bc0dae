import Checkpoint
import Convert
import Engine
import Networks
import Proto
import TestSupport

/// The variables of a model with the golden data's deterministic values, as a checkpoint would hold them.
struct FilledVariables: TensorSource {
    let tensors: [TensorEntry]

    init(_ network: FamilyNetwork) {
        tensors = VariableNames(network).variables.map { variable in
            TensorEntry(
                array: Array(variable.name.utf8),
                .float32,
                shape: variable.shape,
                offset: 0,
                byteCount: variable.shape.reduce(4, *)
            )
        }.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    }

    func tensor(named name: String) -> TensorEntry? { tensors.first { $0.name == name } }

    func bytes(of tensor: TensorEntry, verifies: Bool) throws(CheckpointError) -> StoredBytes {
        let values = Uniform.fill(tensor.name, shape: tensor.shape)
        return StoredBytes(
            values.flatMap { value in
                (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
            }
        )
    }

    func strings(of tensor: TensorEntry) throws(CheckpointError) -> [[UInt8]] { [] }
}

/// A network of few channels with a plan for all its variables.
struct SmallNetwork {
    let source: FilledVariables
    let network: NetworkPlan

    init(
        _ configuration: ModelConfiguration,
        imageSize: Int = 64,
        _ request: ConversionRequest = ConversionRequest()
    ) throws {
        let family = try FamilyNetwork(configuration, imageSize: imageSize)
        source = FilledVariables(family)
        network = try NetworkPlan(family, ConversionPlan(source.tensors, request))
    }

    /// Assemble-ResNet-50 with 8 channels and 11 classes.
    init(_ request: ConversionRequest = ConversionRequest()) throws {
        var model = PublishedModel.assembleResNet50.configuration
        model.width = 8
        model.classes = 11
        try self.init(model, imageSize: 64, request)
    }
}
