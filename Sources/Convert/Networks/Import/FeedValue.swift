internal import Checkpoint
internal import Formats
internal import Proto
package import Reference

extension ImportOptions.Feed {
    /// The value as a tensor of a type.
    ///
    /// - Throws: ``NetworkError``, `FormatError`, `ReferenceError`.
    func tensor(_ type: DataType?) throws -> ReferenceTensor {
        switch value {
        case .array(let path):
            let tensor = try ReferenceTensor(npy: path)
            guard let type, type != tensor.type else { return tensor }
            return try tensor.cast(to: type)
        case .text(let text):
            let words = text.split(separator: ",").map { String($0) }
            guard !words.isEmpty else { throw unfit(text, type) }
            let shape = words.count == 1 && !text.hasSuffix(",") ? [] : [words.count]
            if type == .string {
                return try ReferenceTensor(
                    shape,
                    elements: .string(words.map { Array($0.utf8) })
                )
            }
            let truths: [String: Bool] = ["true": true, "false": false, "1": true, "0": false]
            if type == .bool
                || (type == nil && truths[text.lowercased()] != nil && Int(text) == nil)
            {
                let values = words.compactMap { truths[$0.lowercased()] }
                guard values.count == words.count else { throw unfit(text, type) }
                return try ReferenceTensor(shape, elements: .bool(values))
            }
            if let whole = words.map({ Int64($0) }) as? [Int64],
                type.map({ [.int8, .int16, .int32, .int64, .uint8, .uint16, .uint32].contains($0) })
                    ?? false
            {
                return try ReferenceTensor(shape, whole).cast(to: type ?? .int64)
            }
            let values = words.compactMap { Double($0) }
            guard values.count == words.count else { throw unfit(text, type) }
            return try ReferenceTensor(shape, values).cast(to: type ?? .float32)
        }
    }

    private func unfit(_ text: String, _ type: DataType?) -> NetworkError {
        .imported(
            .malformed(
                node: tensor,
                reason: "'\(text)' is no value of type \(type?.name ?? "float32")"
            )
        )
    }
}

extension ReferenceTensor {
    /// The array of a `.npy` file.
    ///
    /// - Throws: `FormatError`, `ReferenceError`.
    package init(npy path: String) throws {
        let array = try SingleArray(path: path)
        guard let entry = array.tensors.first else { throw FormatError.notAnArray }
        let bytes = try array.bytes(of: entry, verifies: true)
        try self.init(entry.shape, entry.dataType, bytes: bytes.array)
        try bytes.checkIntact()
    }
}
