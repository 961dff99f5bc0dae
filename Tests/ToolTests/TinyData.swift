import Checkpoint
import Foundation
import Proto
import TestSupport

/// Small data sets out of the pictures of `fixtures/tiny`, and how their network runs on them.
struct TinyData {
    /// A picture and its class.
    struct Picture {
        let bytes: [UInt8]
        let label: Int
    }

    /// The first pictures, in their order.
    static func pictures(_ count: Int) throws -> [Picture] {
        let reader = try RecordReader(path: Fixture.path("tiny/data/validation-00000-of-00004"))
        return try (0..<count).compactMap { _ in
            guard let record = try reader.next() else { return nil }
            let example = try Example(unsafe record.bytes.buffer.bytes)
            guard case .bytes(let encoded) = example["image/encoded"],
                case .integers(let labels) = example["image/class/label"]
            else { return nil }
            return Picture(bytes: encoded[0], label: Int(labels[0]))
        }
    }

    /// Makes class folders of two pictures for each of the labels 1 to 10; `name` gives their names, nil leaves one out.
    static func folders(
        _ root: String,
        in folder: TemporaryFolder,
        named name: (Int) -> String?
    ) throws {
        let byLabel = Dictionary(grouping: try pictures(60), by: \.label)
        for label in 1...10 {
            guard let name = name(label) else { continue }
            try folder.makeFolder("\(root)/\(name)")
            for (index, picture) in byLabel[label, default: []].prefix(2).enumerated() {
                try folder.write(picture.bytes, to: "\(root)/\(name)/p\(index).JPEG")
            }
        }
    }

    /// Writes a record file of some of the first pictures.
    static func records(
        _ name: String,
        in folder: TemporaryFolder,
        _ range: Range<Int> = 0..<20,
        compression: RecordCompression = .none,
        _ example: (Picture, Int) -> Example = { picture, _ in TinyData.example(picture) }
    ) throws {
        let path = folder.path(name)
        try FileManager.default.createDirectory(
            at: URL(filePath: path).deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        let writer = try RecordWriter(path: path, compression: compression)
        for (index, picture) in try pictures(range.upperBound).enumerated().dropFirst(
            range.lowerBound
        ) {
            try writer.write(unsafe example(picture, index).serialized.span.bytes)
        }
        try writer.finish()
    }

    /// A record of a picture, with a label of another kind, if one is given.
    static func example(_ picture: Picture, label: Example.Feature? = nil) -> Example {
        var example = Example()
        example["image/encoded"] = .bytes([picture.bytes])
        example["image/class/label"] = label ?? .integers([Int64(picture.label)])
        return example
    }

    /// The flags of the network.
    static let model = [
        "--model-dir", Fixture.path("tiny/model"), "-p", "imagenet_096",
        "--anti-alias-type=sconv", "--anti-alias-filter-size=3", "--pool-type=gap",
        "--no-downsample=False", "-j", "1", "--no-progress",
    ]

    /// Evaluates the network.
    static func eval(_ arguments: [String]) throws -> Tool.Outcome {
        try Tool.run("eval", model + arguments, environment: ["OMP_NUM_THREADS": "1"])
    }

    /// The flags of a training of a moment.
    static func training(_ folder: TemporaryFolder, _ data: String, _ name: String) -> [String] {
        [
            "--data-dir", folder.path(data), "--model-dir", folder.path(name), "--width=4",
            "-p", "imagenet_064", "--batch-size=4", "--stop-at-step=1", "--no-augmentation",
            "-j", "1", "--no-progress", "--seed=1",
        ]
    }
}

extension Tool.Outcome {
    /// The lines on standard error that are neither notes nor about progress, without the tool's name.
    var complaints: [String] {
        errors.split(separator: "\n").compactMap { line in
            let text = line.drop { $0 != ":" }.dropFirst(2)
            return text.hasPrefix("note: ") ? nil : String(text)
        }
    }

    /// A printed figure.
    func figure(_ name: String) -> Double? {
        output.split(separator: "\n").first { $0.hasPrefix("| \(name):") }
            .flatMap { Double($0.split(separator: " ").dropLast().last ?? "") }
    }
}
