import Foundation
import Proto
import Reference
import TestSupport

extension ReferenceTensor {
    /// Something else than a little-endian array in row-major order.
    struct NotAnArray: Error {}

    /// An array of any type that NumPy wrote.
    init(golden path: String) throws {
        let bytes = try Fixture.bytes(path)
        let length = Int(bytes[8]) | Int(bytes[9]) << 8
        let header = String(decoding: bytes[10..<(10 + length)], as: UTF8.self)
        let types: [(String, DataType)] = [
            ("'<f4'", .float32), ("'<f8'", .float64), ("'<f2'", .float16), ("'<i4'", .int32),
            ("'<i8'", .int64), ("'|u1'", .uint8), ("'|i1'", .int8), ("'|b1'", .bool),
        ]
        guard let type = types.first(where: { header.contains($0.0) })?.1,
            header.contains("'fortran_order': False"),
            let open = header.firstIndex(of: "("), let close = header.firstIndex(of: ")")
        else { throw NotAnArray() }
        let shape = header[header.index(after: open)..<close].split(separator: ",")
            .compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
        try self.init(shape, type, bytes: Array(bytes[(10 + length)...]))
    }
}
