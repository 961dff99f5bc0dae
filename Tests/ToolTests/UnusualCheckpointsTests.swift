import Foundation
import TestSupport
import Testing

/// Healthy files that look odd: variants, state of optimisers, arrays in other orders.
@Suite
struct UnusualCheckpointsTests {
    @Test(
        "variants match their own kind of checksum",
        arguments: ["iter", "tf1iter", "tlist/tlist"]
    )
    func variants(name: String) throws {
        let path = Fixture.path("variants/\(name)")
        let outcome = try Tool.run("inspect", [path, "--verify"])
        #expect(outcome.exitCode == 0, "\(outcome.output)")
        #expect(outcome.output.contains("whole: "))
        let folder = try TemporaryFolder()
        let saved = try Tool.run("inspect", [path, "--salvage", folder.path("s")])
        #expect(saved.exitCode == 0, "\(saved.output)")
        #expect(try Tool.run("inspect", [path, "--diff", folder.path("s")]).exitCode == 0)
        let copied = try Tool.run("convert", [path, "--to", "tf", "-o", folder.path("c")])
        #expect(copied.exitCode == 0, "\(copied.errors)")
        #expect(try Tool.run("inspect", [folder.path("c"), "--verify"]).exitCode == 0)
    }

    @Test("a variant with a changed byte is damaged")
    func damagedVariant() throws {
        let folder = try TemporaryFolder()
        try folder.write(Fixture.bytes("variants/tlist/tlist.index"), to: "t.index")
        var bytes = try Fixture.bytes("variants/tlist/tlist.data-00000-of-00001")
        bytes[20] ^= 1
        try folder.write(bytes, to: "t.data-00000-of-00001")
        let outcome = try Tool.run("inspect", [folder.path("t"), "--verify"])
        #expect(outcome.exitCode == 3)
        #expect(outcome.output.contains("1 are lost"), "\(outcome.output)")
    }

    @Test("what an optimiser holds is not trained", arguments: ["adam", "ema", "legacy_adam"])
    func optimizers(name: String) throws {
        let path = Fixture.path("keras/\(name)")
        let outcome = try Tool.run("inspect", [path, "--json"])
        let json = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
        let totals = try #require(
            (json as? [String: Any])?["totals"] as? [String: [String: Int]]
        )
        #expect(totals["weight"]?["tensors"] == 6)
        #expect(totals["weight"]?["values"] == 555)
        #expect(totals["statistic"]?["tensors"] == 2)
        let folder = try TemporaryFolder()
        let converted = try Tool.run(
            "convert",
            [path, "--no-training-state", "-o", folder.path("w.safetensors")]
        )
        #expect(converted.exitCode == 0, "\(converted.errors)")
        #expect(converted.output.contains("8 tensors"), "\(converted.output)")
    }

    /// What NumPy reads out of the archive, row by row.
    private static let numpyValues: [(String, [Float])] = [
        (
            "f",
            [
                0.5230853, 1.736767, 0.50865346, 1.1650388, 0.71312034, 1.3199769, 0.31110942,
                0.29893237, 0.6086727, -1.3495463, -0.87331635, 1.3610419,
            ]
        ), ("be", [1.4206548, 0.43037418, -0.9519917]),
    ]

    @Test("an archive with odd members gives those that can be read, and names the others")
    func oddArchive() throws {
        let path = Fixture.path("inspect/odd.npz")
        let folder = try TemporaryFolder()
        let one = try Tool.run(
            "convert",
            [path, "--only", "^h$", "-o", folder.path("h.safetensors")]
        )
        #expect(one.exitCode == 0, "\(one.errors)")
        let all = try Tool.run("convert", [path, "-o", folder.path("a.safetensors")])
        #expect(all.exitCode == 3)
        #expect(all.errors.contains("these arrays cannot be read; --exclude leaves them out:"))
        #expect(try Tool.run("inspect", [path, "--stats"]).exitCode == 0)
        for (name, expected) in Self.numpyValues {
            let found = try Tool.run("inspect", [path, "--tensor", name, "--json"])
            let json = try JSONSerialization.jsonObject(with: Data(found.output.utf8))
            let values = try #require((json as? [String: Any])?["values"] as? [Double])
            #expect(values.map { Float($0) } == expected, "\(name)")
        }
        #expect(try Tool.run("inspect", [path, "--verify"]).exitCode == 0)
    }

    @Test(
        "a damaged hparams.json is an error that names it",
        arguments: [
            (#"{"anti_alias_type": "sconv", "anti_al"#, "this is no list of flags in JSON"),
            (#"{"anti_alias_filter_size": "three"}"#, "'anti_alias_filter_size' is 'three'"),
            (#"{"pool_type": "most"}"#, "'pool_type' is 'most', expected gap, gem or flatten"),
        ]
    )
    func hyperParameters(text: String, sentence: String) throws {
        let folder = try TemporaryFolder()
        for ending in [".index", ".data-00000-of-00001"] {
            try folder.write(
                Fixture.bytes("tiny/model/model.ckpt-2000" + ending),
                to: "model.ckpt-2000" + ending
            )
        }
        try folder.write(text, to: "hparams.json")
        let outcome = try Tool.run(
            "eval",
            [
                "--model-dir", folder.path("model.ckpt-2000"), "--data-dir",
                Fixture.path("tiny/data"), "-n", "1", "-p", "imagenet_096",
            ]
        )
        #expect(outcome.exitCode == 3)
        #expect(outcome.errors.contains("hparams.json: \(sentence)"), "\(outcome.errors)")
    }

    @Test(
        "what a killed conversion left is cleared by the next one of the same target, and nothing else"
    )
    func leftovers() throws {
        let folder = try TemporaryFolder()
        for name in [".o.npz.tempstate1f", ".p.npz.tempstate1f", ".o.npz.tempstate-mine"] {
            try folder.write("x", to: name)
        }
        let source = Fixture.path("inspect/two.safetensors")
        #expect(try Tool.run("convert", [source, "-o", folder.path("o.npz")]).exitCode == 0)
        #expect(try folder.names() == [".o.npz.tempstate-mine", ".p.npz.tempstate1f", "o.npz"])
    }

    @Test("a pattern that never ends does not outlive a signal")
    func endlessPattern() throws {
        let outcome = try Tool.run(
            "inspect",
            [Fixture.path("tiny/model"), "--filter", "(.*)*(.*)*(.*)*x"],
            signal: SIGTERM,
            after: .seconds(1)
        )
        #expect(outcome.exitCode == 128 + SIGTERM)
    }
}
