import Checkpoint
import Data
import Foundation
import TestSupport
import Testing

/// Runs of the tool on the small trained network and its thousand pictures; see `fixtures/tiny`.
protocol DistillRunning {
    /// Where results go.
    var folder: TemporaryFolder { get }
}

extension DistillRunning {
    static var shards: [String] { (0..<4).map { "validation-0000\($0)-of-00004" } }
    static var teacher: [String] {
        [
            "--teacher", Fixture.path("tiny/model"), "--anti-alias-type=sconv",
            "--anti-alias-filter-size=3", "--preprocessing-type=imagenet_096", "-j", "1",
        ]
    }

    func distill(
        _ arguments: [String],
        from data: String = Fixture.path("tiny/data"),
        to output: String = "out",
        signal: Int32? = nil,
        after delay: Duration = .zero
    ) throws -> Tool.Outcome {
        try Tool.run(
            "distill-logits",
            Self.teacher + ["--data-dir", data, "--output-dir", folder.path(output)] + arguments,
            environment: ["OMP_NUM_THREADS": "1"],
            signal: signal,
            after: delay
        )
    }

    func records(_ path: String) throws -> [[UInt8]] {
        let reader = try RecordReader(path: path)
        var records: [[UInt8]] = []
        while let record = try reader.next() { records.append(record.bytes.array) }
        return records
    }

    /// The bytes of all files below a folder, by their paths.
    func contents(_ name: String) throws -> [String: Data] {
        var files: [String: Data] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path(name)) {
            files[path] = FileManager.default.contents(atPath: "\(folder.path(name))/\(path)")
        }
        return files
    }

    /// Two shards of a few pictures each, the second in gzip, and an empty one.
    func smallData() throws -> String {
        let source = try records(Fixture.path("tiny/data/\(Self.shards[0])"))
        let data = folder.path("in")
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
        for (name, range, compression) in [
            ("train-0", 0..<5, RecordCompression.none), ("train-1", 5..<12, .gzip),
            ("validation-0", 12..<12, .none), ("validation-1", 12..<15, .zlib),
        ] {
            let writer = try RecordWriter(path: "\(data)/\(name)", compression: compression)
            for record in source[range] { try writer.write(unsafe record.span.bytes) }
            try writer.finish()
        }
        return data
    }

    /// The logits of all records of a run over the small data.
    func taught(
        by teachers: [String],
        _ flags: [String] = [],
        to name: String,
        classes: Int = 11
    ) throws -> [[Float]] {
        let outcome = try Tool.run(
            "distill-logits",
            teachers.flatMap { ["--teacher", $0] } + [
                "--data-dir", folder.path("in"), "-o", folder.path(name), "-j", "1",
            ] + flags,
            environment: ["OMP_NUM_THREADS": "1"]
        )
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        return try ["train-0", "train-1", "validation-1"].flatMap { shard in
            try records(folder.path("\(name)/\(shard)")).map { record in
                try TeacherLogits.read(unsafe record.span.bytes, classes: classes)
            }
        }
    }
}
