import Convert
import Networks
import Proto
import ToolSupport

// What is said of tensors.
extension Conversion {
    /// What the command line says of tensors.
    static func request(_ options: ParsedOptions) -> ConversionRequest {
        var request = ConversionRequest()
        request.only = options[ConvertOptions.only]
        request.exclude = options[ConvertOptions.exclude]
        request.renames = options[ConvertOptions.rename]
        request.set = options[ConvertOptions.weights]
        request.keepsTrainingState = options[ConvertOptions.state]
        request.weightType = options[ConvertOptions.type].map { type in
            switch type {
            case .float32: .float32
            case .float16: .float16
            case .bfloat16: .bfloat16
            }
        }
        return request
    }
}
