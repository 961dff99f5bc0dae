import Base
import Checkpoint
import Data
import Proto
import TestSupport
import Testing

@Suite("A record of a labelled picture")
struct ExampleFaultTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func picture(
        _ features: [(String, Example.Feature)],
        _ keys: ExampleKeys = ExampleKeys()
    ) throws -> LabelledPicture? {
        let path = folder.path("r")
        var example = Example()
        for (name, feature) in features { example[name] = feature }
        let writer = try RecordWriter(path: path)
        try writer.write(unsafe example.serialized.span.bytes)
        try writer.finish()
        var records = PictureRecords(files: [path], keys: keys)
        return try records.next()
    }

    private func reason(
        _ features: [(String, Example.Feature)],
        _ keys: ExampleKeys = ExampleKeys()
    ) -> String? {
        do {
            _ = try picture(features, keys)
            return nil
        } catch let error as CorruptPicture {
            return error.reason
        } catch {
            return "\(error)"
        }
    }

    private let encoded: (String, Example.Feature) = ("image/encoded", .bytes([[1]]))

    @Test("is refused where a single value is none or several, with the key")
    func several() {
        let label = "image/class/label"
        #expect(
            reason([encoded, (label, .integers([0, 1, 0]))])
                == "expected one integer in image/class/label, found 3"
        )
        #expect(
            reason([encoded, (label, .integers([]))])
                == "expected one integer in image/class/label, found 0"
        )
        #expect(
            reason([("image/encoded", .bytes([[1], [2]])), (label, .integers([1]))])
                == "expected one string in image/encoded, found 2"
        )
        #expect(
            reason([
                encoded, (label, .integers([1])), ("image/filename", .bytes([[65], [66]])),
            ]) == "expected one string in image/filename, found 2"
        )
    }

    @Test("is refused where a value is of another kind, and not called incomplete")
    func kinds() {
        let label = "image/class/label"
        #expect(
            reason([encoded, (label, .bytes([[51]]))])
                == "image/class/label is bytes, expected one integer"
        )
        #expect(
            reason([encoded, (label, .floats([3]))])
                == "image/class/label is float, expected one integer"
        )
        #expect(
            reason([encoded, (label, .none)]) == "image/class/label is empty, expected one integer"
        )
        #expect(
            reason([("image/encoded", .integers([3])), (label, .integers([3]))])
                == "image/encoded is int64, expected one string"
        )
        #expect(
            reason([encoded, (label, .integers([.min]))])
                == "image/class/label is -9223372036854775808, which is no class"
        )
    }

    @Test("says what it holds where the known names are not among it")
    func foreign() {
        #expect(
            reason([("image_raw", .bytes([[1]])), ("label", .integers([2]))])
                == "there is no image/encoded; the record holds image_raw, label: --image-key and "
                + "--label-key say which are picture and label"
        )
        #expect(
            reason([encoded, ("class", .integers([2]))])
                == "there is no image/class/label; the record holds class, image/encoded: --image-key "
                + "and --label-key say which are picture and label"
        )
    }

    @Test("may have the names of tensorflow_datasets, or any that are given")
    func keys() throws {
        let found = try picture([
            ("image", .bytes([[1, 2]])), ("label", .integers([7])),
            ("file_name", .bytes([Array("a.jpg".utf8)])),
        ])
        #expect(found?.label == 7)
        #expect(found?.name == ByteName("a.jpg"))
        #expect(found?.bytes.count == 2)
        let given = try picture(
            [("x", .bytes([[1, 2, 3]])), ("y", .integers([2])), ("image", .bytes([[1]]))],
            ExampleKeys(picture: "x", label: "y")
        )
        #expect(given?.label == 2)
        #expect(given?.bytes.count == 3)
        // The published names go first where a record has both.
        let both = try picture([
            encoded, ("image/class/label", .integers([1])), ("image", .bytes([[1, 2]])),
            ("label", .integers([7])),
        ])
        #expect(both?.label == 1)
        #expect(both?.bytes.count == 1)
    }
}
