import Base
import Checkpoint
import Formats
import Foundation
import GoldenNetworks
import Networks
import Proto
import TestSupport

/// What the documentation's commands work on: small things in the place of what people have.
enum StandIns {
    /// Places what some commands name.
    static func place(in folder: TemporaryFolder, for commands: String) throws {
        for (name, make) in all where commands.contains(name) { try make(folder) }
    }

    private typealias Making = @Sendable (TemporaryFolder) throws -> Void

    /// By what a command says.
    private static let all: [(name: String, make: Making)] = [
        ("fixtures", { try link("fixtures", to: "", in: $0) }),
        ("tiny", { try link("tiny", to: "tiny", in: $0) }),
        ("data-dir imagenet ", records),
        ("data_dir=imagenet ", records),
        ("assemble50", { try checkpoint(of: .assembleResNet50, "assemble50", in: $0) }),
        ("assemble152", { try checkpoint(of: .assembleResNet152, "assemble152", in: $0) }),
        ("data-dir food101", food),
        ("ILSVRC2012/validation", validation),
        ("imagenet-C", corrupted),
        ("-f frost", { try link("frost", to: "corruptions/frost", in: $0) }),
        ("--frost-dir frost", { try link("frost", to: "corruptions/frost", in: $0) }),
        ("label.txt", { try $0.write(Array("n01440764\nn01443537\n".utf8), to: "label.txt") }),
        ("labels.txt", { try $0.write(Array(labels.utf8), to: "labels.txt") }),
        ("a.jpg", { try $0.write(try TinyData.pictures(1)[0].bytes, to: "a.jpg") }),
        ("b.jpg", { try $0.write(try TinyData.pictures(2)[1].bytes, to: "b.jpg") }),
        ("hub-module", { try link("hub-module", to: "import/hub-module/module", in: $0) }),
        ("model.ckpt.meta", trainingGraph),
        ("graph.pb", { try link("graph.pb", to: "\(operation)/graph.pb", in: $0) }),
        ("in.npy", { try link("in.npy", to: "\(operation)/input.npy", in: $0) }),
    ]

    /// A graph that asks whether it is training.
    private static let operation = "import/operations/cond-merge"

    private static let labels = (0..<1001).map { "class \($0)\n" }.joined()

    private static func link(_ name: String, to fixture: String, in folder: TemporaryFolder) throws
    {
        guard !FileManager.default.fileExists(atPath: folder.path(name)) else { return }
        try FileManager.default.createSymbolicLink(
            atPath: folder.path(name),
            withDestinationPath: Fixture.path(fixture)
        )
    }

    /// A `.meta` file of a training with its checkpoint, and prepared pictures for it.
    private static func trainingGraph(_ folder: TemporaryFolder) throws {
        guard let golden = try GoldenImport.load("train-layers") else { return }
        _ = try golden.write(into: folder)
        var writer = try NPYWriter(
            path: folder.path("pictures.npy"),
            type: .float32,
            rowShape: Array(golden.input_shape.dropFirst())
        )
        try writer.append(golden.pictures.span)
        try writer.finish()
    }

    private static func records(_ folder: TemporaryFolder) throws {
        for part in 0..<2 {
            let name = "imagenet/validation-0000\(part)-of-00002"
            try TinyData.records(name, in: folder, (3 * part)..<(3 * part + 3))
        }
    }

    private static func food(_ folder: TemporaryFolder) throws {
        try TinyData.records("food101/train-00000-of-00001", in: folder, 0..<4)
        try TinyData.records("food101/validation-00000-of-00001", in: folder, 4..<6)
    }

    private static func validation(_ folder: TemporaryFolder) throws {
        try pictures("ILSVRC2012/validation", in: folder, enlarged: false)
    }

    private static func corrupted(_ folder: TemporaryFolder) throws {
        try pictures("clean", in: folder, enlarged: true)
        for corruption in Corruption.allCases {
            for severity in 1...5 {
                let place = "imagenet-C/\(corruption.rawValue)/\(severity)"
                try folder.makeFolder("imagenet-C/\(corruption.rawValue)")
                try FileManager.default.createSymbolicLink(
                    atPath: folder.path(place),
                    withDestinationPath: folder.path("clean")
                )
            }
        }
    }

    /// A picture for each of two synsets.
    private static func pictures(
        _ place: String,
        in folder: TemporaryFolder,
        enlarged: Bool
    ) throws {
        let pictures = try TinyData.pictures(2).map(\.bytes)
        let large = try Fixture.bytes("corruptions/b256.png")
        for (synset, bytes) in zip(["n01440764", "n01443537"], pictures) {
            try folder.makeFolder("\(place)/\(synset)")
            let name = "ILSVRC2012_val_0000000\(synset.suffix(1)).\(enlarged ? "png" : "JPEG")"
            try folder.write(enlarged ? large : bytes, to: "\(place)/\(synset)/\(name)")
        }
    }

    /// A checkpoint of a published model's variables, with no more than noise in them.
    private static func checkpoint(
        of model: PublishedModel,
        _ name: String,
        in folder: TemporaryFolder
    ) throws {
        try folder.makeFolder(name)
        let prefix = folder.path("\(name)/model.ckpt-0")
        let writer = try BundleWriter(prefix: prefix)
        let names = VariableNames(try FamilyNetwork(model.configuration, imageSize: 224))
        // A hundred values, again and again: what they are does not matter here, and a hundred million take a while.
        let noise = (0..<100).map { Float(($0 * 37) % 100) / 5000 - 0.01 }
        for variable in names.variables {
            let count = variable.shape.reduce(1, *)
            let isVariance = variable.name.hasSuffix("moving_variance")
            let values = isVariance ? [Float](repeating: 1, count: count) : repeated(noise, count)
            try unsafe writer.add(
                variable.name,
                .float32,
                shape: variable.shape,
                bytes: values.span.bytes
            )
        }
        try writer.finish()
        let state = "model_checkpoint_path: \"model.ckpt-0\"\n"
        try folder.write(Array(state.utf8), to: "\(name)/checkpoint")
    }

    /// Values again and again until there are `count`.
    private static func repeated(_ values: [Float], _ count: Int) -> [Float] {
        var result = values
        result.reserveCapacity(2 * count)
        while result.count < count { result += result }
        result.removeLast(result.count - count)
        return result
    }
}
