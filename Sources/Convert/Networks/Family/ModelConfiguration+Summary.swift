extension ModelConfiguration {
    /// The model in one line, such as `ResNet-50 version 2, width 64, SK, sconv blur 3, alpha 2, beta 4, 1001 classes`.
    public var summary: String {
        var parts = ["ResNet-\(size) version \(version)", "width \(width)"]
        if usesResNetD { parts.append("ResNet-D") }
        if usesSelectiveKernel { parts.append("selective kernels") }
        if usesSqueezeExcitation { parts.append("squeeze-and-excitation") }
        let blurred =
            (antiAliasesConvolutions ? ["sconv"] : []) + (antiAliasesProjections ? ["proj"] : [])
        if !blurred.isEmpty {
            parts.append("anti-aliasing \(blurred.joined(separator: ",")) \(antiAliasSize)")
        }
        if version == 2 { parts.append("alpha \(alpha), beta \(beta)") }
        if keepsLastResolution { parts.append("no last downsampling") }
        if poolsAsPyTorch { parts.append("pools padded as in PyTorch") }
        if pooling != .average { parts.append("pooling \(pooling.rawValue)") }
        if embeddingSize > 0 { parts.append("embedding \(embeddingSize)") }
        parts.append("\(classes) classes")
        return parts.joined(separator: ", ")
    }
}
