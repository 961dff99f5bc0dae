extension CheckpointState {
    /// The text of a state file, as TensorFlow writes it.
    public var text: String {
        var lines = ["model_checkpoint_path: \(Self.quoted(latest))"]
        lines += all.map { "all_model_checkpoint_paths: \(Self.quoted($0))" }
        lines += timestamps.map { "all_model_checkpoint_timestamps: \($0)" }
        if let lastPreserved { lines.append("last_preserved_timestamp: \(lastPreserved)") }
        return lines.map { $0 + "\n" }.joined()
    }

    /// Writes a state file in place of the one that may be there.
    ///
    /// - Throws: ``CheckpointError/unwritable(path:reason:)``.
    public func write(to path: String) throws(CheckpointError) {
        try AtomicFile.write(Array(text.utf8), to: path)
    }

    private static func quoted(_ string: String) -> String {
        var result = "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\"": result += "\\\""
            case "'": result += "\\'"
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 8)
                result += "\\" + String(repeating: "0", count: 3 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
