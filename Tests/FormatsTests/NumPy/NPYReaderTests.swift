import Formats
import TestSupport
import Testing

@Suite("A .npy file read")
struct NPYReaderTests {
    private func elements<Element: NumPyElement>(
        _ name: String,
        _ type: Element.Type
    ) throws -> [Element] {
        var reader = try NPYReader(path: Fixture.path("numpy/\(name).npy"))
        return try reader.elements(as: type)
    }

    @Test("holds what NumPy wrote, in each type")
    func types() throws {
        let numbers: [Int] = [-100, -60, -20, 20, 60, 100]
        #expect(try elements("float32", Float.self) == numbers.map { Float($0) })
        #expect(try elements("float64", Double.self) == numbers.map { Double($0) })
        #expect(try elements("int32", Int32.self) == numbers.map { Int32($0) })
        #expect(try elements("int64", Int64.self) == numbers.map { Int64($0) })
        #expect(try elements("uint8", UInt8.self) == [0, 40, 80, 120, 160, 200])
    }

    @Test("is read in all three versions", arguments: ["version2", "version3"])
    func versions(name: String) throws {
        #expect(try elements(name, Float.self) == [0, 1, 2, 3, 4, 5])
    }

    @Test("is read in the other byte order")
    func bigEndian() throws {
        #expect(try elements("big-endian", Float.self) == [-1, -0.5, 0, 0.5, 1, 1.5])
    }

    @Test(
        "has the shape that NumPy gave it",
        arguments: [
            ("float32", [2, 3]), ("vector", [5]), ("scalar", []), ("empty", [0, 3]),
        ]
    )
    func shapes(name: String, shape: [Int]) throws {
        let reader = try NPYReader(path: Fixture.path("numpy/\(name).npy"))
        #expect(reader.header.shape == shape)
        #expect(reader.header.elementCount == shape.reduce(1, *))
        #expect(reader.header.byteCount == 128)
    }

    @Test("can have one element or none")
    func small() throws {
        #expect(try elements("scalar", Float.self) == [2.5])
        #expect(try elements("empty", Float.self) == [])
    }

    @Test("is read a part at a time")
    func parts() throws {
        var reader = try NPYReader(path: Fixture.path("numpy/vector.npy"))
        #expect(try reader.elements(2, as: Int64.self) == [0, 1])
        #expect(reader.position == 2)
        #expect(try reader.elements(0, as: Int64.self) == [])
        #expect(try reader.elements(-1, as: Int64.self) == [])
        #expect(try reader.elements(9, as: Int64.self) == [2, 3, 4])
        #expect(try reader.elements(as: Int64.self) == [])
    }

    @Test("is refused where its elements are of another type than was asked for")
    func wrongType() throws {
        #expect(throws: FormatError.wrongType(expected: .float32, found: .int64)) {
            try elements("vector", Float.self)
        }
    }

    @Test(
        "is refused where it holds what is not read",
        arguments: [
            ("fortran", FormatError.columnOrder), ("half", .unsupportedType("'<f2'")),
            ("record", .unsupportedType("record")),
        ]
    )
    func unsupported(name: String, error: FormatError) {
        #expect(throws: error) { _ = try NPYReader(path: Fixture.path("numpy/\(name).npy")) }
    }

    @Test("is refused where it is not there, or is a folder")
    func missing() {
        let absent = FormatError.system(operation: "open", reason: "No such file or directory")
        #expect(throws: absent) { _ = try NPYReader(path: Fixture.path("numpy/none.npy")) }
        let folder = FormatError.system(operation: "read", reason: "not a regular file")
        #expect(throws: folder) { _ = try NPYReader(path: Fixture.path("numpy")) }
    }

    @Test("is refused at every length but its own", arguments: 0..<152)
    func truncation(length: Int) throws {
        let folder = try TemporaryFolder()
        let bytes = try Fixture.bytes("numpy/float32.npy")
        let path = try folder.write(Array(bytes[..<length]), to: "cut.npy")
        let expected: FormatError =
            switch length {
            case ..<6: .notAnArray
            case ..<8: .truncatedHeader(needed: 10, found: length)
            case ..<10: .truncatedHeader(needed: 10, found: length)
            case ..<128: .truncatedHeader(needed: 128, found: length)
            default: .wrongSize(expected: 152, found: length)
            }
        #expect(throws: expected) { _ = try NPYReader(path: path) }
    }

    @Test("is refused with a byte too many")
    func surplus() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Fixture.bytes("numpy/float32.npy") + [0], to: "long.npy")
        #expect(throws: FormatError.wrongSize(expected: 152, found: 153)) {
            _ = try NPYReader(path: path)
        }
    }

    @Test(
        "is read or refused, and never a trap, with any byte of its header changed",
        arguments: ["float32", "uint8", "version2", "empty", "record"]
    )
    func flips(name: String) throws {
        let folder = try TemporaryFolder()
        let bytes = try Fixture.bytes("numpy/\(name).npy")
        for index in 0..<min(bytes.count, 128) {
            for mask: UInt8 in [0x01, 0x08, 0x80, 0xFF] {
                var changed = bytes
                changed[index] ^= mask
                let path = try folder.write(changed, to: "flipped.npy")
                do {
                    var reader = try NPYReader(path: path)
                    #expect(reader.header.fileByteCount == bytes.count)
                    if reader.header.type == .float32 {
                        let count = try reader.elements(as: Float.self).count
                        #expect(count == reader.header.elementCount)
                    }
                } catch {
                    // Any error of the reader's own type is right here.
                }
            }
        }
    }
}
