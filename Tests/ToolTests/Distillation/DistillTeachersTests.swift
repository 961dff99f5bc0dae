import Data
import Formats
import Foundation
import TestSupport
import Testing

@Suite("several teachers of distill-logits", .serialized)
struct DistillTeachersTests: DistillRunning {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("several teachers, each with flags of its own, and their weights")
    func severalTeachers() throws {
        let teacher = Fixture.path("tiny/model")
        let flags = "--anti-alias-type=sconv --anti-alias-filter-size=3"
        let outcome = try Tool.run(
            "distill-logits",
            [
                "--teacher", "\(teacher) \(flags) -p imagenet_096", "--teacher",
                "\(teacher) \(flags) -p imagenet_128a", "--weights", "1,3", "-j", "1",
                "--data-dir", Fixture.path("tiny/data"), "-o", folder.path("out"),
                "--val-regex", "validation-00000*",
            ],
            environment: ["OMP_NUM_THREADS": "1"]
        )
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        let one = try GoldenArray("tiny/eval-imagenet_096/logits.npy")
        let other = try GoldenArray("tiny/eval-imagenet_128a/logits.npy")
        for (row, record) in try records(folder.path("out/\(Self.shards[0])")).enumerated() {
            let logits = try TeacherLogits.read(unsafe record.span.bytes, classes: 11)
            let scale = (Array(one[row]) + Array(other[row])).map(abs).max() ?? 0
            for (ours, (first, second)) in zip(logits, zip(one[row], other[row])) {
                #expect(abs(ours - (first + 3 * second) / 4) <= 3e-5 * scale)
            }
        }
        let manifest = try folder.text("out/logits.json")
        #expect(manifest.contains(#""preprocessing": "imagenet_128a""#))
        #expect(manifest.contains(#""weight": 3.0"#))
        #expect(try distill(["--weights", "1,2"], to: "x").exitCode == 2)
    }

    /// The largest difference of two sets of rows, over the largest value of each row.
    private func error(_ rows: [[Float]], _ others: [[Float]]) -> Float {
        guard rows.count == others.count else { return .infinity }
        return zip(rows, others).map { row, other in
            let differences = zip(row, other).map { abs($0 - $1) }
            return (differences.max() ?? .infinity) / (other.map(abs).max() ?? 1)
        }.max() ?? .infinity
    }

    @Test(
        "teachers of different families, each with its own pictures: the mean of their own records"
    )
    func families() throws {
        _ = try smallData()
        let tiny = Fixture.path("tiny/model")
        let flags = ["--anti-alias-type=sconv", "--anti-alias-filter-size=3"]
        for (name, format) in [("t.pb", "frozen"), ("t.onnx", "onnx"), ("saved", "saved-model")] {
            let outcome = try Tool.run(
                "convert",
                [tiny, "-o", folder.path(name), "--to", format, "--image-size=64", "--timestamp=7"]
                    + flags
            )
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
        }
        let module = Fixture.path("import/hub-module/module")
        let teachers = [
            "\(tiny) \(flags.joined(separator: " ")) -p imagenet_096",
            "\(folder.path("t.pb")) -p keras_caffe --channel-order RGB --crop-pct 0.9",
            "\(folder.path("t.onnx")) -p slim_vgg --interpolation area --std 1.1",
            "\(folder.path("saved/channels_last/preprocessed_input/7")) -p raw --mean 120",
            "\(module) --signature default -p hub --offset -990",
        ]
        let weights = [1.0, 2, 0.5, 3, 1]
        let singles = try teachers.enumerated().map { index, teacher in
            try taught(by: [teacher], to: "single\(index)")
        }
        let list = ["--weights", weights.map { "\($0)" }.joined(separator: ",")]
        let total = weights.reduce(0, +)
        func mean(_ value: (Int, Int, Int) -> Double) -> [[Float]] {
            (0..<15).map { row in
                (0..<11).map { place in
                    let sum = weights.indices.reduce(0) { $0 + weights[$1] * value($1, row, place) }
                    return Float(sum / total)
                }
            }
        }
        let logits = try taught(by: teachers, list, to: "logits")
        let expected = mean { Double(singles[$0][$1][$2]) }
        #expect(error(logits, expected) <= 1e-6)
        let manifest = try folder.text("logits/logits.json")
        for part in [
            #""average": "logits""#, #""class_offset": -990"#,
            #""preprocessing": "slim_vgg --interpolation=area --std=1.1""#,
        ] { #expect(manifest.contains(part), "\(part)") }
        // Of probabilities the logarithms of their mean are written.
        let probabilities = try taught(by: teachers, list + ["--average=probabilities"], to: "p")
        let shares = singles.map { rows in
            rows.map { row -> [Double] in
                let powers = row.map { Foundation.exp(Double($0) - Double(row.max() ?? 0)) }
                return powers.map { $0 / powers.reduce(0, +) }
            }
        }
        let logarithms = mean { shares[$0][$1][$2] }.map { $0.map { Foundation.log($0) } }
        #expect(error(probabilities, logarithms) <= 1e-6)
        #expect(try folder.text("p/logits.json").contains(#""average": "probabilities""#))
    }

    @Test("classes are matched by an offset that is said, and never silently")
    func offsets() throws {
        _ = try smallData()
        let tiny = "\(Fixture.path("tiny/model")) --anti-alias-type=none -p imagenet_096"
        let module = "\(Fixture.path("import/hub-module/module")) --signature default -p hub"
        let different = try Tool.run(
            "distill-logits",
            ["--teacher", module, tiny, "--data-dir", folder.path("in"), "-o", folder.path("x")]
        )
        #expect(different.exitCode == 4)
        #expect(different.errors.contains("has 11 classes, but"), "\(different.errors)")
        #expect(different.errors.contains("--offset 990' puts zeros before the others"))
        // One class more at the front, of which a mean with the others' zero is taken.
        let both = try taught(
            by: ["\(module) --offset -989", "\(tiny) --offset 1"],
            to: "both",
            classes: 12
        )
        let one = try taught(by: ["\(module) --offset -989"], to: "one", classes: 12)
        let other = try taught(by: [tiny], ["--offset", "1"], to: "other", classes: 12)
        let expected = zip(one, other).map { zip($0, $1).map { ($0 + $1) / 2 } }
        #expect(error(both, expected) <= 1e-6)
        let none = try Tool.run(
            "distill-logits",
            [
                "--teacher", "\(tiny) --offset -11", "--data-dir", folder.path("in"), "-o",
                folder.path("y"),
            ]
        )
        #expect(none.exitCode == 4 && none.errors.contains("leaves none"), "\(none.errors)")
        let single = try distill(["--average=probabilities"], to: "z")
        #expect(single.exitCode == 2 && single.errors.contains("--average is for several teachers"))
    }

    @Test("the mean over a picture and its mirror image")
    func flip() throws {
        let data = try smallData()
        #expect(try distill(["--flip-average"], from: data).exitCode == 0)
        // The same by way of eval: prepared pictures out, turned round, and in again.
        let (pixels, mirrored) = (folder.path("p.npy"), folder.path("m.npy"))
        let common = ["-n", "5", "-j", "1", "-b", "5"]
        let plain = try EvalTests.eval(
            EvalTests.data + common + [
                "-p", "imagenet_096", "--pixels", pixels, "--logits", folder.path("a.npy"),
            ]
        )
        #expect(plain.exitCode == 0)
        var reader = try NPYReader(path: pixels)
        let values = try reader.elements(as: Float.self)
        var writer = try NPYWriter(path: mirrored, type: .float32, rowShape: [96, 96, 3])
        let turned = values.indices.map { index in
            let (row, column, channel) = (index / 288, index / 3 % 96, index % 3)
            return values[row * 288 + (95 - column) * 3 + channel]
        }
        try writer.append(turned.span)
        try writer.finish()
        let turnedRun = try EvalTests.eval(
            common + ["--tensor", mirrored, "--logits", folder.path("b.npy")]
        )
        #expect(turnedRun.exitCode == 0, "\(turnedRun.errors)")
        let (one, other) = (
            try EvalTests.floats(folder.bytes("a.npy")), try EvalTests.floats(folder.bytes("b.npy"))
        )
        for (row, record) in try records(folder.path("out/train-0")).enumerated() {
            let logits = try TeacherLogits.read(unsafe record.span.bytes, classes: 11)
            for (column, ours) in logits.enumerated() {
                let index = row * 11 + column
                #expect(abs(ours - (one[index] + other[index]) / 2) < 1e-4)
            }
        }
        #expect(one.count == 55)
        #expect(zip(one, other).contains { abs($0 - $1) > 1e-2 })
    }
}
