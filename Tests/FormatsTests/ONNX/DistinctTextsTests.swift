import Checkpoint
import Formats
import Testing

@Suite("Texts of names of bytes")
struct DistinctTextsTests {
    @Test("are the names, escaped where they are no UTF-8, and no two are equal to Swift")
    func distinct() {
        var texts = DistinctTexts()
        #expect(texts.text(of: "conv/kernel") == "conv/kernel")
        #expect(texts.text(of: ByteName([0x61, 0xFF])) == "a\\xFF")
        #expect(texts.text(of: "a\\xFF") == "a\\xFF_1")
        #expect(texts.text(of: "\u{E9}") == "\u{E9}")
        #expect(texts.text(of: "e\u{301}") == "e\u{301}_1")
        // The same each time.
        #expect(texts.text(of: ByteName([0x61, 0xFF])) == "a\\xFF")
        #expect(texts.text(of: "e\u{301}") == "e\u{301}_1")
    }
}
