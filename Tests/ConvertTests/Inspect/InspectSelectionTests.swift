import Convert
import Testing

@Suite
struct InspectSelectionTests {
    @Test(
        "slices pick what they pick in Python",
        arguments: [
            ("", [2, 3], [0, 1, 2, 3, 4, 5]),
            ("1", [3], [3, 4, 5]),
            ("-1,0", [], [3]),
            (":,1", [2], [1, 4]),
            (":, ::2", [2, 2], [0, 2, 3, 5]),
            ("0:1,-2:", [1, 2], [1, 2]),
            ("5:9", [0, 3], []),
            ("1:0,:", [0, 3], []),
            (":100,2:100", [2, 1], [2, 5]),
        ] as [(String, [Int], [Int])]
    )
    func slices(text: String, shape: [Int], indices: [Int]) throws {
        let selection = try TensorSelection(text, of: [2, 3])
        #expect(selection.shape == shape)
        #expect(selection.indices == indices)
    }

    @Test("malformed slices are errors", arguments: ["x", "1:2:0", "1:2:3:4", "::-1", "1.5", ","])
    func malformed(text: String) {
        #expect(throws: ConversionError.malformedSlice(text)) {
            try TensorSelection(text, of: [2, 3])
        }
    }

    @Test("slices outside are errors", arguments: ["2", "-3", "0,0,0", "9223372036854775807"])
    func outside(text: String) {
        #expect(throws: ConversionError.sliceOutside(slice: text, shape: [2, 3])) {
            try TensorSelection(text, of: [2, 3])
        }
    }

    @Test("an empty tensor of huge extents has no elements to visit")
    func huge() throws {
        let selection = TensorSelection(all: [1 << 40, 1 << 40, 0])
        #expect(selection.indices == [])
    }
}
