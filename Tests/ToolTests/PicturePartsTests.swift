import Foundation
import TestSupport
import Testing
import ToolSupport

/// The parts of a preparation as options of the tools.
@Suite("Parts of a preparation", .serialized)
struct PicturePartsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func run(_ tool: String, _ arguments: [String]) throws -> Tool.Outcome {
        try Tool.run(tool, arguments, environment: ["OMP_NUM_THREADS": "1"])
    }

    private func pixels(_ name: String, _ flags: [String]) throws -> (
        bytes: [UInt8], errors: String
    ) {
        let path = folder.path(name)
        let outcome = try EvalTests.eval(
            EvalTests.data + ["-n", "6", "-j", "1", "--pixels", path] + flags
        )
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        return (try folder.bytes(name), outcome.errors)
    }

    @Test("parts make one preset of another, to the bit")
    func presets() throws {
        let made = try pixels(
            "a.npy",
            [
                "-p", "raw", "--image-size=96", "--pixel-scale=2/255", "--mean=1",
                "--dct-method=INTEGER_ACCURATE", "--force",
            ]
        )
        #expect(try made.bytes == pixels("b.npy", ["-p", "keras_tf_96"]).bytes)
        #expect(
            made.errors.contains("preprocessing raw --pixel_scale=0.00784313725490196 --mean=1")
        )
        #expect(!made.errors.contains("warning: --"), "\(made.errors)")
        let cut = try pixels(
            "c.npy",
            ["-p", "reid", "--image-size=96", "--crop-mode=center", "--crop_share=0.875"]
        )
        #expect(try cut.bytes == pixels("d.npy", ["-p", "imagenet_096"]).bytes)
        let turned = try pixels(
            "e.npy",
            ["-p", "keras_caffe_96", "--channel_order=RGB", "--mean=123.68,116.78,103.94"]
        )
        #expect(try turned.bytes == pixels("f.npy", ["-p", "reid", "--image-size=96"]).bytes)
    }

    @Test("what they leave open is a warning with the flag")
    func doubts() throws {
        let doubted = try pixels("a.npy", ["-p", "imagenet_096", "--mean=0.485,0.456,0.406"])
        #expect(
            doubted.errors.contains(
                "warning: --mean is taken off values of 0...255, as imagenet_096 has them; --pixel-scale=1/255 is for"
            ),
            "\(doubted.errors)"
        )
    }

    @Test("what cannot be is one error")
    func refused() throws {
        let wrong: [(flag: String, sentence: String)] = [
            ("--interpolation=lanczos", "expected bilinear, bilinear-half-pixel, "),
            ("--crop-pct=0", "a number from 0.05 to 1"),
            ("--pixel-scale=1/0", "a number above 0, such as 0.0039 or 1/255"),
            ("--mean=1,2", "one number, or three with commas between"),
            ("--std=1,0,1", "--std=1,0,1, expected one number above 0"),
            ("--channel-order=GRB", "expected RGB or BGR"),
        ]
        for (flag, sentence) in wrong {
            let outcome = try EvalTests.eval(EvalTests.data + ["-p", "imagenet_096", flag])
            #expect(outcome.exitCode == 2 && outcome.errors.contains(sentence), "\(outcome.errors)")
        }
        let prepared = try run(
            "eval",
            [
                "--model-dir", Fixture.path("tiny/model"), "--tensor",
                Fixture.path("import/hub-module/input.npy"), "--mean=1", "--logits",
                folder.path("l"),
            ]
        )
        #expect(prepared.exitCode == 2)
        #expect(prepared.errors.contains("--mean prepares pictures, and those of --tensor are"))
        for name in ["slim_vggs", "imagenet_9"] {
            let unknown = try EvalTests.eval(EvalTests.data + ["-p", name])
            #expect(unknown.exitCode == 2)
            for known in ["imagenet_NNN", "inception_600", "slim_vgg", "keras_torch", "hub", "raw"]
            {
                #expect(unknown.errors.contains(known), "\(unknown.errors)")
            }
        }
    }

    @Test("they travel with the weights, and are used")
    func travelling() throws {
        let file = folder.path("t.safetensors")
        let model = ["--anti-alias-type=sconv", "--anti-alias-filter-size=3"]
        let converted = try run(
            "convert",
            [
                Fixture.path("tiny/model"), "-o", file, "-p", "raw", "--image-size=96",
                "--pixel-scale=1/255", "--mean=0.485,0.456,0.406", "--std=0.25",
                "--interpolation=area", "--channel-order=BGR", "--crop-mode=center",
                "--crop-pct=0.8",
            ] + model
        )
        #expect(converted.exitCode == 0, "\(converted.errors)")
        let common = ["--data-dir", Fixture.path("tiny/data"), "-n", "4", "--pixels"]
        let again = try run("eval", ["--model-dir", file] + common + [folder.path("a.npy")])
        #expect(again.exitCode == 0, "\(again.errors)")
        for flag in [
            "--interpolation=area", "--crop_mode=center", "--crop_pct=0.8", "--std=0.25",
            "--mean=0.485,0.456,0.406", "--channel_order=BGR",
        ] { #expect(again.errors.contains(flag), "\(again.errors)") }
        let given = try run(
            "eval",
            [
                "--model-dir", Fixture.path("tiny/model"), "-p", "raw", "--image-size=96",
                "--rescale-factor=1/255", "--mean=0.485,0.456,0.406", "--std=0.25,0.25,0.25",
                "--resize-rule=area", "--channel-order=BGR", "--crop-mode=center",
                "--crop-share=0.8",
            ] + model + common + [folder.path("b.npy")]
        )
        #expect(given.exitCode == 0, "\(given.errors)")
        #expect(try folder.bytes("a.npy") == folder.bytes("b.npy"))
        // Another preparation is another one, with none of the parts.
        let other = try run(
            "eval",
            ["--model-dir", file, "-p", "imagenet_096"] + common + [folder.path("c.npy")]
        )
        #expect(other.exitCode == 0 && !other.errors.contains("--std=0.25"), "\(other.errors)")
    }

    @Test("a training keeps them, and its network is evaluated with them")
    func training() throws {
        let out = folder.path("out")
        try TinyData.records("data/train-00000-of-00001", in: folder, 0..<8)
        let trained = try run(
            "finetune",
            [
                "--data-dir", folder.path("data"), "--model-dir", out, "-b", "4",
                "--num-classes=11",
                "--max-train-steps=1", "--train-epochs=1", "-p", "imagenet_064", "--std=64",
                "--channel-order=BGR", "--width=8", "--no-progress",
            ]
        )
        #expect(trained.exitCode == 0, "\(trained.errors)")
        let recorded = try folder.text("out/hparams.json")
        #expect(recorded.contains(#""std": "64""#) && recorded.contains(#""channel_order": "BGR""#))
        let evaluated = try run(
            "eval",
            ["--model-dir", out, "--data-dir", Fixture.path("tiny/data"), "-n", "4"]
        )
        #expect(evaluated.exitCode == 0, "\(evaluated.errors)")
        #expect(
            evaluated.errors.contains("preprocessing imagenet_064 --std=64 --channel_order=BGR")
        )
    }

    @Test("a network of the family is served with them, and refused where they have no form")
    func family() throws {
        func converted(_ target: String, _ more: [String]) throws -> Tool.Outcome {
            try run(
                "convert",
                [
                    Fixture.path("tiny/model"), "-o", folder.path(target), "-p", "raw",
                    "--image-size=64", "--std=64", "--crop-mode=center", "--crop-pct=0.875",
                    "--anti-alias-type=none",
                ]
                    + (more.contains { $0.hasPrefix("--interpolation") }
                        ? more : more + ["--interpolation=bilinear-half-pixel"])
            )
        }
        let served = try converted("served", ["--to=saved-model"])
        #expect(
            served.exitCode == 0 && served.output.contains("verified: logits"),
            "\(served.errors)"
        )
        let model = try converted("n.onnx", ["--with-preprocessing"])
        #expect(model.exitCode == 0 && model.output.contains("verified"), "\(model.errors)")
        let text = try converted("n.py", [])
        #expect(text.exitCode == 2, "\(text.errors)")
        #expect(text.errors.contains("--interpolation=bilinear-half-pixel"))
        #expect(text.errors.contains("has no form in"), "\(text.errors)")
        let area = try converted("a.onnx", ["--with-preprocessing", "--interpolation=area"])
        #expect(area.exitCode != 0 && area.errors.contains("resizing by area"), "\(area.errors)")
    }

    @Test(
        "a graph takes JPEGs prepared so, and its proof is of the written one",
        arguments: [
            [
                "--interpolation=bicubic-half-pixel", "--crop-mode=square", "--crop-pct=0.8",
                "--pixel-scale=2/255", "--mean=1",
            ],
            ["--interpolation=area", "--crop-mode=squash", "--crop-pct=0.6", "--std=2"],
            [
                "--interpolation=nearest", "--crop-mode=center", "--crop-pct=1",
                "--channel-order=BGR",
            ],
            ["--interpolation=bilinear-align-corners", "--crop-mode=center", "--crop-pct=0.9"],
        ]
    )
    func graphs(parts: [String]) throws {
        for (name, format) in [("g.pb", "frozen"), ("g", "saved-model")] {
            let outcome = try run(
                "convert",
                [
                    Fixture.path("import/hub-module/module"), "--signature=default", "--to", format,
                    "-o", folder.path(name), "--with-preprocessing", "-p", "raw",
                ] + parts
            )
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(outcome.output.contains("verified"), "\(outcome.output)")
        }
    }
}
