public import Checkpoint
internal import Formats
internal import Proto

/// Writes a safetensors file.
///
///     8 bytes   length of the header, little-endian
///     header    {"__metadata__":{…},"name":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},…}   blanks
///     data      the arrays without gaps, the widest elements first, then by name; begins at a multiple of 64
///
/// The same tensors and texts give the same bytes. The file appears under its name when it is whole.
///
/// - SeeAlso: <https://github.com/huggingface/safetensors#format>.
public enum SafeTensorsWriter {
    /// Writes the tensors of a plan, one after the other.
    ///
    /// - Parameters:
    ///   - plan: What to write.
    ///   - source: Where the tensors are.
    ///   - path: The file.
    ///   - metadata: Texts for `__metadata__`.
    ///   - isReplacing: Whether a file that is there is replaced.
    /// - Throws: ``ConversionError``; tensors that the format cannot hold are listed.
    public static func write(
        _ plan: ConversionPlan,
        from source: any TensorSource,
        to path: String,
        metadata: [String: String],
        replacing isReplacing: Bool
    ) throws(ConversionError) {
        try plan.check("safetensors") { item in
            if item.name == SafeTensorsReader.metadataName {
                return "the name has another meaning there"
            }
            return SafeTensorsType.code(of: item.dataType) == nil
                ? "\(item.dataType.name) elements" : nil
        }
        let items = plan.items.sorted { left, right in
            let widths = (left.dataType.byteCount ?? 0, right.dataType.byteCount ?? 0)
            guard widths.0 == widths.1 else { return widths.0 > widths.1 }
            return left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
        }
        let header = header(items, metadata)
        guard header.count - 8 <= SafeTensorsReader.headerLimit else {
            throw .unwritable(path: path, reason: "the header would have \(header.count) bytes")
        }
        var file = try begin(path, header, replacing: isReplacing)
        for item in items {
            let bytes = try source.bytes(for: item)
            do throws(FormatError) {
                try unsafe file.write(bytes.buffer.bytes)
            } catch {
                throw .unwritable(path: path, reason: error.description)
            }
            try wrapping { () throws(CheckpointError) in try bytes.checkIntact() }
            bytes.release()
        }
        do throws(FormatError) {
            try file.commit()
        } catch {
            throw .unwritable(path: path, reason: error.description)
        }
    }

    /// Begins the file.
    private static func begin(
        _ path: String,
        _ header: [UInt8],
        replacing isReplacing: Bool
    ) throws(ConversionError) -> OutputFile {
        do throws(FormatError) {
            var file = try OutputFile(path, replacing: isReplacing)
            try unsafe file.write(header.span.bytes)
            return file
        } catch {
            throw .unwritable(path: path, reason: error.description)
        }
    }

    /// The length and the header, blanks included.
    private static func header(
        _ items: [ConversionPlan.Item],
        _ metadata: [String: String]
    ) -> [UInt8] {
        var members: [String] = []
        if !metadata.isEmpty {
            let texts = metadata.sorted { $0.key < $1.key }.map {
                "\(quoted($0.key)):\(quoted($0.value))"
            }
            members.append(
                "\(quoted(SafeTensorsReader.metadataName)):{\(texts.joined(separator: ","))}"
            )
        }
        var offset = 0
        for item in items {
            let end = offset + item.byteCount
            let shape = item.shape.map { String($0) }.joined(separator: ",")
            let code = SafeTensorsType.code(of: item.dataType) ?? ""
            members.append(
                "\(quoted(item.name)):{\"dtype\":\"\(code)\",\"shape\":[\(shape)],"
                    + "\"data_offsets\":[\(offset),\(end)]}"
            )
            offset = end
        }
        var text = Array("{\(members.joined(separator: ","))}".utf8)
        let rest = (8 + text.count) % 64
        text += [UInt8](repeating: UInt8(ascii: " "), count: rest == 0 ? 0 : 64 - rest)
        let length = UInt64(text.count)
        return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) } + text
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\0"..<" ":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
