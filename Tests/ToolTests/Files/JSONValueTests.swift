import Foundation
import Testing
import ToolSupport

@Suite("A JSON value")
struct JSONValueTests {
    @Test("keeps the order of its members, in one line or several")
    func order() {
        let value: JSONValue = ["b": 1, "a": [true, nil, 1.5], "empty": [], "none": [:]]
        #expect(value.compactText == #"{"b":1,"a":[true,null,1.5],"empty":[],"none":{}}"#)
        let expected = """
            {
              "b": 1,
              "a": [
                true,
                null,
                1.5
              ],
              "empty": [],
              "none": {}
            }

            """
        #expect(value.indentedText == expected)
    }

    @Test("begins with its schema and version as a document")
    func document() {
        let value = JSONValue.document(schema: "reassemble.eval", version: 1, [.init("n", 2)])
        #expect(value.compactText == #"{"schema":"reassemble.eval","version":1,"n":2}"#)
    }

    @Test(
        "writes numbers that read back as the same",
        arguments: [0.1, 1e-5, 1e300, .leastNonzeroMagnitude, -0.0, 0.841860, 1.0 / 3, 123_456_789]
    )
    func numbers(number: Double) throws {
        let text = JSONValue.number(number).compactText
        let read = try JSONDecoder().decode([Double].self, from: Data("[\(text)]".utf8))
        #expect(read.first?.bitPattern == number.bitPattern)
    }

    @Test("writes what JSON has no numbers for as texts")
    func notFinite() {
        let value: JSONValue = .array([.number(.nan), .number(.infinity), .number(-.infinity)])
        #expect(value.compactText == #"["NaN","Infinity","-Infinity"]"#)
    }

    @Test("writes any text so that it reads back as the same")
    func texts() throws {
        let all = String(String.UnicodeScalarView((0..<0x180).compactMap { Unicode.Scalar($0) }))
        let text = all + "\u{1F600}\u{2028}\u{FEFF}é\r\n\"\\"
        let written = JSONValue.array([.text(text)]).compactText
        #expect(!written.unicodeScalars.contains { $0.value < 0x20 })
        let read = try JSONDecoder().decode([String].self, from: Data(written.utf8))
        #expect(read.first?.unicodeScalars.elementsEqual(text.unicodeScalars) == true)
    }

    @Test("writes a missing text as null")
    func missing() {
        #expect(JSONValue.text(orNull: nil) == .null)
        #expect(JSONValue.text(orNull: "a") == .text("a"))
    }
}
