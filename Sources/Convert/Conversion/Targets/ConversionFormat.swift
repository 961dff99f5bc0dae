/// The formats that weights, or a network, can be converted to, as they are called on the command line.
public enum ConversionFormat: String, CaseIterable, Sendable {
    case tf
    case safetensors
    case npz
    case torch
    case onnx
    case savedModel = "saved-model"
    case frozen

    /// What writes the format.
    public var target: any ConversionTarget.Type {
        switch self {
        case .tf: CheckpointTarget.self
        case .safetensors: SafeTensorsTarget.self
        case .npz: NPZTarget.self
        case .torch: PyTorchTarget.self
        case .onnx: ONNXTarget.self
        case .savedModel: SavedModelTarget.self
        case .frozen: FrozenGraphTarget.self
        }
    }

    /// What the format can hold.
    public var traits: ConversionTraits { target.traits }

    /// The format that the end of a file's name tells.
    public init?(path: String) {
        let told = Self.allCases.first { $0.target.ending.map(path.hasSuffix) ?? false }
        guard let told else { return nil }
        self = told
    }
}
