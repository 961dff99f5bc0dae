import Foundation
import TestSupport
import Testing

/// Small data for robustness out of `fixtures/tiny`, and runs of its network on them.
struct RobustnessData {
    let folder: TemporaryFolder
    static let frost = Fixture.path("corruptions/frost")
    /// Brings the pictures to the size that the network was trained with.
    static let size = ["--image_size=96"]
    static let making = ["--resize", "110", "--frost-dir", frost]

    /// Two pictures of each class, and a copy of the network.
    init() throws {
        folder = try TemporaryFolder()
        try TinyData.folders("clean", in: folder) { $0 < 10 ? "n0000000\($0)" : "n00000010" }
        try FileManager.default.copyItem(
            atPath: Fixture.path("tiny/model"),
            toPath: folder.path("model")
        )
        let names = (1...10).map { $0 < 10 ? "n0000000\($0)" : "n00000010" }
        try folder.write(names.joined(separator: "\n") + "\n", to: "label.txt")
    }

    var model: [String] {
        [
            "--model_dir=\(folder.path("model"))", "--resnet_version=2", "--resnet_size=50",
            "--use_sk_block=True", "--anti_alias_type=sconv", "--anti_alias_filter_size=3",
            "--label_file=\(folder.path("label.txt"))", "--label_offset=1", "--no-progress",
        ]
    }

    /// Runs the evaluation of corruptions.
    func eval(_ arguments: [String], threads: Int = 1) throws -> Tool.Outcome {
        try Tool.run(
            "eval",
            ["--robustness_type=ce"] + model + Self.size + ["-j", "\(threads)"] + arguments,
            environment: ["OMP_NUM_THREADS": "\(threads)"]
        )
    }

    /// Makes the files of some corruptions.
    func corrupt(_ only: String, _ severities: String, to name: String = "files") throws {
        let outcome = try Tool.run(
            "make-records",
            [
                "--corruptions", "--source", folder.path("clean"), "--output-dir",
                folder.path(name), "--frost-dir", Self.frost, "--resize", "110", "--crop", "96",
                "--only", only, "--severities", severities, "-j", "1", "--no-progress",
            ]
        )
        try #require(outcome.exitCode == 0, "\(outcome.errors)")
    }

    static func json(_ text: String) throws -> [String: Any] {
        let found = try JSONSerialization.jsonObject(with: Data(text.utf8))
        return try #require(found as? [String: Any])
    }

    /// JSON without what depends on the clock, the batch and the way.
    static func figures(_ text: String) throws -> NSDictionary {
        var found = try json(text)
        for name in ["images_per_second", "batch_size", "checkpoint"] { found[name] = nil }
        return found as NSDictionary
    }
}
