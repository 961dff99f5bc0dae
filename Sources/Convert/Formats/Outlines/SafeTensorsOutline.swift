internal import Checkpoint
internal import Foundation

/// What a safetensors file lists: a length of eight bytes, a JSON object of arrays, then their bytes.
public struct SafeTensorsOutline: Sendable {
    /// The arrays, in the order of their bytes.
    public let arrays: [ArrayEntry]
    /// The free texts that the file carries.
    public let metadata: [String: String]

    /// The longest header that is read, as the format's own library has it.
    private static let headerLimit = 100_000_000

    /// What an array's object holds.
    private struct Stated: Decodable {
        let dtype: String
        let shape: [Int]
        let data_offsets: [Int]
    }

    /// An array, or the texts.
    private enum Member: Decodable {
        case array(Stated)
        case texts([String: String])

        init(from decoder: any Decoder) throws {
            if let stated = try? Stated(from: decoder) {
                self = .array(stated)
            } else {
                self = .texts(try [String: String](from: decoder))
            }
        }
    }

    /// Reads the header, and checks every place that it states.
    ///
    /// - Throws: `CheckpointError` or ``FormatError/malformedFile(path:offset:reason:)``.
    public init(path: String) throws {
        let file = try MappedFile(path: path)
        let size = file.count
        let header = try file.withBytes { bytes throws(CheckpointError) -> Data? in
            guard bytes.byteCount >= 8 else { return nil }
            let stated = unsafe bytes.unsafeLoadUnaligned(as: UInt64.self).littleEndian
            guard stated <= UInt64(min(Self.headerLimit, bytes.byteCount - 8)) else { return nil }
            return unsafe bytes.extracting(8..<(8 + Int(stated))).withUnsafeBytes {
                unsafe Data($0)
            }
        }
        guard let header else {
            throw FormatError.malformedFile(
                path: path,
                offset: 0,
                reason: "the header is longer than the file"
            )
        }
        let members: [String: Member]
        do {
            members = try JSONDecoder().decode([String: Member].self, from: header)
        } catch {
            throw FormatError.malformedFile(
                path: path,
                offset: 8,
                reason: "the header is no list of arrays in JSON"
            )
        }
        var arrays: [ArrayEntry] = []
        var texts: [String: String] = [:]
        let start = 8 + header.count
        for (name, member) in members {
            switch member {
            case .texts(let found):
                guard name == "__metadata__" else {
                    throw FormatError.malformedFile(
                        path: path,
                        offset: 8,
                        reason: "'\(name)' is no array"
                    )
                }
                texts = found
            case .array(let stated):
                guard stated.data_offsets.count == 2, stated.data_offsets[0] >= 0,
                    stated.data_offsets[1] >= stated.data_offsets[0],
                    stated.data_offsets[1] <= size - start
                else {
                    throw FormatError.malformedFile(
                        path: path,
                        offset: 8,
                        reason: "the bytes of '\(name)' are not in the file"
                    )
                }
                arrays.append(
                    ArrayEntry(
                        name: name,
                        type: stated.dtype,
                        shape: stated.shape,
                        byteCount: stated.data_offsets[1] - stated.data_offsets[0],
                        offset: start + stated.data_offsets[0]
                    )
                )
            }
        }
        self.arrays = arrays.sorted { ($0.offset ?? 0, $0.name) < ($1.offset ?? 0, $1.name) }
        metadata = texts
    }
}
