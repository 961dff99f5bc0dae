/// A model whose weights were published, by name.
public enum PublishedModel: String, CaseIterable, Sendable {
    /// ResNet-50 as everybody has it.
    case resNet50 = "resnet-50"
    /// BigLittle, selective kernels and anti-aliasing on ResNet-50; 82.78 % top-1 on ImageNet.
    case assembleResNet50 = "assemble-resnet-50"
    /// The same on ResNet-152; 84.19 % top-1 on ImageNet.
    case assembleResNet152 = "assemble-resnet-152"

    /// The model of a published name.
    ///
    /// - Throws: ``NetworkError/unknownName(_:known:)``.
    public init(name: String) throws(NetworkError) {
        guard let model = Self(rawValue: name) else {
            throw .unknownName(name, known: Self.allCases.map(\.rawValue))
        }
        self = model
    }

    /// Its settings, for 1001 classes.
    public var configuration: ModelConfiguration {
        var model = ModelConfiguration()
        guard self != .resNet50 else { return model }
        model.version = 2
        model.usesSelectiveKernel = true
        model.antiAliasesConvolutions = true
        model.antiAliasSize = 3
        if self == .assembleResNet152 {
            model.size = 152
            model.alpha = 1
            model.beta = 2
        }
        return model
    }

    /// The evaluation preprocessing that its published accuracy was reached with.
    public var preprocessing: String {
        switch self {
        case .resNet50: "imagenet"
        case .assembleResNet50: "imagenet_224_256"
        case .assembleResNet152: "imagenet_224_256a"
        }
    }
}
