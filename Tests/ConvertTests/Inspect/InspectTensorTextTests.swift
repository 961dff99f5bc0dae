import Checkpoint
import Convert
import Proto
import TestSupport
import Testing

/// An array as NumPy prints it.
private struct PrintedArray: Decodable, Sendable, CustomStringConvertible {
    let name: String
    let dtype: String
    let shape: [Int]
    let hex: String
    let text: String

    var description: String { name }

    static let all = (try? Fixture.json("inspect/arrays.json", as: [PrintedArray].self)) ?? []
}

@Suite
struct InspectTensorTextTests {
    @Test("there are arrays to compare with") func fixture() {
        #expect(PrintedArray.all.count == 32)
    }

    @Test("arrays are printed as NumPy prints them", arguments: PrintedArray.all)
    private func printed(array: PrintedArray) throws {
        let type = try #require(DataType.allCases.first { $0.name == array.dtype })
        let folder = try TemporaryFolder()
        let prefix = folder.path + "/model.ckpt"
        let writer = try BundleWriter(prefix: prefix)
        let elements = bytes(hexadecimal: array.hex)
        try unsafe writer.add("a", type, shape: array.shape, bytes: elements.span.bytes)
        try writer.finish()
        let reader = try BundleReader(prefix: prefix)
        let entry = try #require(reader.tensor(named: "a"))
        let stored = try reader.bytes(of: entry)
        let text = unsafe TensorText.text(
            stored.buffer.bytes,
            entry,
            TensorSelection(all: entry.shape),
            isFull: false
        )
        #expect(text == array.text)
    }

    @Test("bytes are quoted as Python quotes them")
    func quoted() {
        #expect(TensorText.quoted([]) == "b''")
        #expect(TensorText.quoted([0, 9, 10, 0x5C, 0x7F, 0xFF]) == "b'\\x00\\t\\n\\\\\\x7f\\xff'")
        #expect(TensorText.quoted(Array("it's".utf8)) == "b\"it's\"")
        #expect(TensorText.quoted(Array("'\"".utf8)) == "b'\\'\"'")
    }
}
