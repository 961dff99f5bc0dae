import Base
import Checkpoint
import Data
import TestSupport
import Testing

@Suite("Reassessed labels")
struct RealLabelsTests {
    private static func picture(_ name: String?, file: String = "a") -> LabelledPicture {
        let none: [UInt8] = []
        return LabelledPicture(
            bytes: unsafe OwnedBytes(copying: none.span.bytes),
            label: 1,
            name: name.map { ByteName($0) },
            origin: .init(file: file)
        )
    }

    private static func labels(_ text: String, classes: Int = 1001) throws -> RealLabels {
        let folder = try TemporaryFolder()
        return try RealLabels(
            path: folder.write(Array(text.utf8), to: "real.json"),
            classes: classes
        )
    }

    @Test("go by the number in a picture's name, behind the background where there is one")
    func numbers() throws {
        let labels = try Self.labels("[[], [970, 795], [230]]")
        let second = Self.picture("ILSVRC2012_val_00000002.JPEG")
        #expect(try labels.labels(of: second) == [971, 796])
        #expect(try labels.labels(of: Self.picture("ILSVRC2012_val_00000001.JPEG")).isEmpty)
        let file = Self.picture(nil, file: "val/n0/ILSVRC2012_val_00000003.JPEG")
        #expect(try Self.labels("[[], [1], [230]]", classes: 1000).labels(of: file) == [230])
    }

    @Test("are missed in a picture of another name, or beyond the last")
    func missing() throws {
        let labels = try Self.labels("[[1]]")
        for name in ["cat.jpg", "ILSVRC2012_val_00000002.JPEG", "ILSVRC2012_val_00000000.JPEG"] {
            #expect(throws: DataError.self) { try labels.labels(of: Self.picture(name)) }
        }
    }

    @Test(
        "are a list of lists of classes",
        arguments: ["", "{}", "[1]", "[[1000]]", "[[-1]]", #"[["a"]]"#]
    )
    func damaged(text: String) {
        #expect(throws: DataError.self) { try Self.labels(text) }
    }

    @Test("are for ImageNet's classes")
    func classes() {
        #expect(throws: DataError.self) { try Self.labels("[[1]]", classes: 11) }
    }
}
