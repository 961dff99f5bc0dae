import Checkpoint
import Data
import Formats
import TestSupport
import Testing

@Suite("A sheet of logits")
struct LogitSheetTests {
    @Test("has the bytes that pandas writes")
    func pandas() throws {
        let names = String(decoding: try Fixture.bytes("logits/names.txt"), as: UTF8.self)
            .split(separator: "\n")
        var reader = try NPYReader(path: Fixture.path("logits/values.npy"))
        let classes = reader.header.shape[1]
        var sheet = LogitSheet(classes: classes + 1)
        for name in names {
            sheet.add(ByteName(name), [0] + (try reader.elements(classes, as: Float.self)))
        }
        #expect(sheet.count == names.count - 1)
        let bytes = (0..<sheet.count).flatMap { sheet.line($0) }
        #expect(bytes == (try Fixture.bytes("logits/pandas.csv")))
    }

    @Test("is read back, names in quotation marks too")
    func back() throws {
        let table = try LogitTable(csv: Fixture.path("logits/pandas.csv"), classes: nil)
        #expect(table.classes == 41)
        for name in ["a,b.JPEG", "say \"x\".JPEG", "é.JPEG", " blank .JPEG"] {
            #expect(table.index(of: ByteName(name)) != nil, "\(name)")
        }
    }
}
