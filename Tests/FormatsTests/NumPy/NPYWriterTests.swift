import Formats
import TestSupport
import Testing

@Suite("A .npy file written")
struct NPYWriterTests {
    @Test("is byte for byte what NumPy writes, where the number of rows is known")
    func equalsNumPy() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a.npy")
        var writer = try NPYWriter(path: path, type: .float32, rowShape: [3], rowCount: 2)
        let values: [Float] = [-100, -60, -20, 20, 60, 100]
        try writer.append(values.span)
        try writer.finish()
        #expect(try folder.bytes("a.npy") == Fixture.bytes("numpy/float32.npy"))
    }

    @Test(
        "is the same where their number is found at the end, and whatever the pieces",
        arguments: 1...7
    )
    func pieces(size: Int) throws {
        let folder = try TemporaryFolder()
        let numbers: [Int64] = [-100, -60, -20, 20, 60, 100]
        var writer = try NPYWriter(path: folder.path("a.npy"), type: .int64, rowShape: [3])
        for start in stride(from: 0, to: numbers.count, by: size) {
            let piece = Array(numbers[start..<min(start + size, numbers.count)])
            try writer.append(piece.span)
        }
        try writer.finish()
        #expect(try folder.bytes("a.npy") == Fixture.bytes("numpy/int64.npy"))
    }

    @Test("tells the rows that came, where others were announced")
    func fewerRows() throws {
        let folder = try TemporaryFolder()
        var writer = try NPYWriter(
            path: folder.path("a.npy"),
            type: .int64,
            rowShape: [],
            rowCount: 1000
        )
        let values: [Int64] = [0, 1, 2, 3, 4]
        try writer.append(values.span)
        try writer.finish()
        #expect(try folder.bytes("a.npy") == Fixture.bytes("numpy/vector.npy"))
    }

    @Test("may have no rows")
    func noRows() throws {
        let folder = try TemporaryFolder()
        let writer = try NPYWriter(path: folder.path("a.npy"), type: .float32, rowShape: [3])
        try writer.finish()
        #expect(try folder.bytes("a.npy") == Fixture.bytes("numpy/empty.npy"))
    }

    @Test("begins its elements at a multiple of 64 bytes, whatever the shape", arguments: 0..<40)
    func alignment(axes: Int) throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a.npy")
        let shape = Array(repeating: 1, count: axes)
        var writer = try NPYWriter(path: path, type: .uint8, rowShape: shape)
        let values: [UInt8] = [7]
        try writer.append(values.span)
        try writer.finish()
        var reader = try NPYReader(path: path)
        #expect(reader.header.shape == [1] + shape)
        #expect(reader.header.byteCount.isMultiple(of: 64))
        #expect(try reader.elements(as: UInt8.self) == [7])
    }

    @Test("leaves nothing where it is not finished, and is not there before")
    func unfinished() throws {
        let folder = try TemporaryFolder()
        do {
            var writer = try NPYWriter(path: folder.path("a.npy"), type: .uint8, rowShape: [])
            let values: [UInt8] = [7]
            try writer.append(values.span)
            let names = try folder.names()
            #expect(names.count == 1 && names.first?.hasPrefix(".a.npy.") == true)
        }
        #expect(try folder.names() == [])
    }

    @Test("replaces a file only where that was asked for")
    func existing() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("old", to: "a.npy")
        let error = FormatError.exists(path: path)
        #expect(throws: error) {
            _ = try NPYWriter(path: path, type: .float32, rowShape: [3])
        }
        #expect(try folder.text("a.npy") == "old")
        let writer = try NPYWriter(path: path, type: .float32, rowShape: [3], replacing: true)
        #expect(try folder.text("a.npy") == "old")
        try writer.finish()
        #expect(try folder.bytes("a.npy") == Fixture.bytes("numpy/empty.npy"))
    }

    @Test("is refused in a folder that is not there")
    func noFolder() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("none/a.npy")
        let reason = "No such file or directory"
        #expect(throws: FormatError.unwritable(path: path, reason: reason)) {
            _ = try NPYWriter(path: path, type: .float32, rowShape: [3])
        }
    }
}
