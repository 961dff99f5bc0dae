import Testing
import ToolSupport

@Suite("A table")
struct TableTests {
    @Test("has columns two blanks apart, text to the left, numbers to the right")
    func columns() {
        var table = Table([.left, .right, .left], titles: ["name", "size", "type"])
        table.append(["dense/kernel", "7", "float32"])
        table.append(["é", "1234567", ""])
        let expected = """
            name             size  type
            dense/kernel        7  float32
            é             1234567

            """
        #expect(table.text == expected)
    }

    @Test("is empty without rows")
    func empty() {
        #expect(Table([.left]).text == "")
        #expect(FigureTable().text == "")
    }

    @Test("frames figures as the published evaluation does")
    func figures() {
        var table = FigureTable()
        table.append("accuracy", 0.84186)
        #expect(table.text == "| accuracy:   0.841860 |\n")
        table.append("images", 50000)
        table.append("accuracy_top_5", 1.0)
        table.append("loss", .nan)
        let expected = """
            | accuracy:         0.841860 |
            | images:              50000 |
            | accuracy_top_5:   1.000000 |
            | loss:                  nan |

            """
        #expect(table.text == expected)
    }
}

@Suite("A number as text")
struct NumberTextTests {
    @Test(
        "has the decimal places that C gives it",
        arguments: [
            (0.1, 6, "0.100000"), (0.5, 0, "0"), (1.5, 0, "2"), (2.5, 0, "2"), (-0.0, 1, "-0.0"),
            (1e-9, 6, "0.000000"), (0.0529685, 6, "0.052969"), (123_456.789, 2, "123456.79"),
            (0.1, 20, "0.10000000000000000555"), (1e300, -1, "1000000000000000052504760255204420"),
            (Double.nan, 2, "nan"), (Double.infinity, 2, "inf"), (-Double.infinity, 2, "-inf"),
        ]
    )
    func fixedPlaces(number: Double, digits: Int, text: String) {
        #expect(fixed(number, digits: digits).hasPrefix(text))
        if number < 1e9 { #expect(fixed(number, digits: digits) == text) }
    }

    @Test("is never cut, however long it is")
    func long() {
        #expect(fixed(.greatestFiniteMagnitude, digits: 40).count == 309 + 1 + 40)
    }

    @Test(
        "counts bytes in decimal units",
        arguments: [
            (0, "0 bytes"), (999, "999 bytes"), (1000, "1.00 kB"), (9994, "9.99 kB"),
            (9999, "10.0 kB"), (470_123_456, "470 MB"), (999_499, "999 kB"), (999_500, "1.00 MB"),
            (1_234_567_890, "1.23 GB"), (Int.max, "9.22 EB"), (-2500, "-2.50 kB"),
        ]
    )
    func bytes(count: Int, text: String) {
        #expect(byteText(count) == text)
    }

    @Test(
        "groups digits by threes",
        arguments: [
            (0, "0"), (999, "999"), (1000, "1,000"), (1_281_167, "1,281,167"), (-1000, "-1,000"),
        ]
    )
    func groups(number: Int, text: String) {
        #expect(grouped(number) == text)
    }
}
