import Testing

import Formats

@Suite("The elements of an XML document")
struct XMLElementsTests {
    private func elements(_ text: String) throws -> [String] {
        try XMLElements(Array(text.utf8), path: "x").elements.map { "\($0.name)=\($0.text)" }
    }

    @Test("come in order, with the text before their first child")
    func order() throws {
        let text = """
            <?xml version="1.0"?><!DOCTYPE a><!-- <b> --><a x="1">t&lt;&#65;&#x42;<b/>left<c> <![CDATA[<d>]]></c></a>

            """
        #expect(try elements(text) == ["a=t<AB", "b=", "c= <d>"])
    }

    @Test(
        "of what is no document are refused",
        arguments: [
            "", "text", "<a>", "<a></b>", "<a/><b/>", "<a>&no;</a>", "<a", "<a><!--</a>",
            "<!DOCTYPE a [<!ENTITY b \"c\">]><a/>", "<a>\u{0}&", "</a>", "<>",
            String(repeating: "<a>", count: 300),
        ]
    )
    func refused(text: String) {
        #expect(throws: FormatError.self) { try elements(text) }
    }
}
