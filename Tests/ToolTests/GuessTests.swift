import Foundation
import Proto
import TestSupport
import Testing

/// `eval --guess`: the flags that a checkpoint cannot tell, from labelled pictures.
@Suite("A guess") struct GuessTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func guess(
        _ data: String,
        _ more: [String] = [],
        model: String = Fixture.path("tiny/model")
    ) throws -> (
        best: [String: String], outcome: Tool.Outcome, document: [String: Any]
    ) {
        let outcome = try Tool.run(
            "eval",
            [
                "--guess", "--model-dir", model, "--data-dir", data, "-j", "1",
                "--no-progress", "--json",
            ] + more,
            environment: ["OMP_NUM_THREADS": "1"]
        )
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
        let document = try #require(object as? [String: Any])
        let ranking = try #require(document["ranking"] as? [[String: Any]])
        let best = try #require(ranking.first?["flags"] as? [String: String])
        return (best, outcome, document)
    }

    @Test("finds blur and preprocessing of the trained network among all combinations")
    func tiny() throws {
        let (best, outcome, document) = try guess(Fixture.path("tiny/data"))
        #expect(best["anti_alias_type"] == "sconv" && best["anti_alias_filter_size"] == "3")
        #expect(best["preprocessing_type"] == "imagenet_096")
        #expect(best["label-offset"] == "0" && best["no_downsample"] == "False")
        // Version 2 strides by pools, so a blur of its projections is none.
        #expect(outcome.errors.contains("--anti_alias_type=sconv,proj computes the same"))
        #expect((document["pictures"] as? Int) == 256)
    }

    /// Records of the fixture's pictures that are labelled by what the network says of them.
    private func relabelled(_ flags: [String], adding offset: Int = 0) throws -> String {
        let predictions = folder.path("predictions")
        let pictures = try TinyData.pictures(160)
        try TinyData.records("plain/validation-00000-of-00001", in: folder, 0..<160)
        let outcome = try Tool.run(
            "eval",
            [
                "--model-dir", Fixture.path("tiny/model"), "--data-dir", folder.path("plain"),
                "--predictions", predictions, "-j", "1", "--no-progress", "--force",
            ] + flags,
            environment: ["OMP_NUM_THREADS": "1"]
        )
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        let lines = try folder.text("predictions").split(separator: "\n")
        #expect(lines.count == pictures.count)
        let labels = try lines.map { line -> Int in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
            let top = try #require((object as? [String: Any])?["top"] as? [[String: Any]])
            return try #require(top.first?["class"] as? Int) + offset
        }
        try TinyData.records("data/validation-00000-of-00001", in: folder, 0..<160) {
            picture,
            index in
            TinyData.example(picture, label: .integers([Int64(labels[index])]))
        }
        return folder.path("data")
    }

    @Test(
        "finds the flags that a network's own predictions were made with",
        arguments: [
            [
                "--anti_alias_type=sconv", "--anti_alias_filter_size=3", "--pool_type=gem",
                "--no_downsample=False", "--preprocessing_type=imagenet_128a",
            ],
            [
                "--anti_alias_type=none", "--pool_type=gap", "--no_downsample=True",
                "--preprocessing_type=imagenet_160",
            ],
            [
                "--anti_alias_type=sconv", "--anti_alias_filter_size=5", "--pool_type=gap",
                "--no_downsample=False", "--preprocessing_type=imagenet",
            ],
        ]
    )
    func relabelled(flags: [String]) throws {
        let (best, _, _) = try guess(try relabelled(flags))
        for flag in flags {
            let parts = flag.dropFirst(2).split(separator: "=").map(String.init)
            #expect(best[parts[0]] == parts[1], "\(best)")
        }
    }

    @Test("finds labels that are shifted, and keeps what is given")
    func shifted() throws {
        let flags = [
            "--anti_alias_type=sconv", "--anti_alias_filter_size=3", "--pool_type=gap",
            "--no_downsample=False",
        ]
        let data = try relabelled(flags + ["--preprocessing_type=imagenet_096"], adding: 1)
        let (best, _, document) = try guess(data, flags)
        #expect(best["preprocessing_type"] == "imagenet_096" && best["label-offset"] == "-1")
        let ranking = try #require(document["ranking"] as? [[String: Any]])
        for row in ranking {
            let flags = try #require(row["flags"] as? [String: String])
            #expect(flags["pool_type"] == "gap" && flags["anti_alias_filter_size"] == "3")
        }
    }

    @Test("finds how pictures were prepared for a graph, and keeps what is given")
    func graph() throws {
        let path = folder.path("g/t.pb")
        let converted = try Tool.run(
            "convert",
            [
                Fixture.path("tiny/model"), "-o", path, "--anti-alias-type=sconv",
                "--anti-alias-filter-size=3", "--image-size=96",
            ]
        )
        #expect(converted.exitCode == 0, "\(converted.errors)")
        try? FileManager.default.removeItem(atPath: folder.path("g/config.json"))
        let data = Fixture.path("tiny/data")
        let (best, _, document) = try guess(data, ["-n", "128"], model: path)
        #expect(best["preprocessing_type"] == "slim_vgg" && best["label-offset"] == "0", "\(best)")
        #expect(best["channel_order"] == nil && best["image-size"] == "96", "\(best)")
        #expect((document["tried"] as? Int ?? 0) > 8)
        let (kept, _, _) = try guess(
            data,
            ["-n", "32", "--channel-order=BGR", "--interpolation=area"],
            model: path
        )
        #expect(kept["channel_order"] == "BGR" && kept["interpolation"] == "area", "\(kept)")
    }

    @Test("is refused where there is nothing to guess, or nothing to guess by")
    func refused() throws {
        let known = [
            "--model=assemble-resnet-50", "--label-offset=0", "--data-dir",
            Fixture.path("tiny/data"),
        ]
        let model = ["--guess", "--model-dir", Fixture.path("tiny/model"), "-j", "1"]
        let nothing = try Tool.run("eval", model + known)
        #expect(nothing.exitCode == 2 && nothing.errors.contains("nothing is left to guess"))
        let picture = try TinyData.pictures(1)[0]
        try folder.write(picture.bytes, to: "a.jpg")
        let unlabelled = try Tool.run("eval", model + ["--images", folder.path("a.jpg")])
        #expect(unlabelled.exitCode == 2 && unlabelled.errors.contains("labelled pictures"))
    }
}
