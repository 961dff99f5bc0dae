extension RecordedFlags {
    /// Flags that say otherwise than a network's variables, each with what those say: then they may be those of another network,
    /// and all else that they tell too.
    ///
    /// - Parameter model: What the variables tell.
    /// - Returns: half a sentence each.
    public func contradictions(of model: ModelConfiguration) -> [String] {
        let told: [(name: String, value: String)] = [
            ("resnet_version", "\(model.version)"), ("resnet_size", "\(model.size)"),
            ("use_resnet_d", "\(model.usesResNetD)"),
            ("use_se_block", "\(model.usesSqueezeExcitation)"),
            ("use_sk_block", "\(model.usesSelectiveKernel)"),
        ]
        return told.compactMap { name, value in
            guard let found = values[name], !found.isEmpty,
                found.lowercased() != value.lowercased()
            else { return nil }
            return "--\(name)=\(found), and the variables \(value)"
        }
    }
}
