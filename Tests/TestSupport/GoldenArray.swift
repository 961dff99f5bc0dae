internal import Foundation

/// An array of float32 that the reference implementation wrote with NumPy.
public struct GoldenArray: Sendable {
    /// The extent of each dimension.
    public let shape: [Int]
    /// The values in row-major order.
    public let values: [Float]

    /// Something else than a little-endian float32 array in row-major order.
    public struct NotAFloatArray: Error {}

    /// Reads a fixture such as `graphs/vanilla-50.logits.npy`.
    public init(_ path: String) throws {
        let bytes = try Fixture.bytes(path)
        let length = Int(bytes[8]) | Int(bytes[9]) << 8
        let header = String(decoding: bytes[10..<(10 + length)], as: UTF8.self)
        guard header.contains("'<f4'"), header.contains("'fortran_order': False"),
            let open = header.firstIndex(of: "("), let close = header.firstIndex(of: ")")
        else { throw NotAFloatArray() }
        shape = header[header.index(after: open)..<close].split(separator: ",")
            .compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
        values = stride(from: 10 + length, to: bytes.count, by: 4).map { index in
            let word = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[index + $1]) << (8 * $1) }
            return Float(bitPattern: word)
        }
    }

    /// The values of one index of the first dimension.
    public subscript(row: Int) -> ArraySlice<Float> {
        let count = values.count / shape[0]
        return values[(row * count)..<((row + 1) * count)]
    }
}
