import Engine
import Foundation
import TestSupport
import Testing

/// Videos of ImageNet-P as folders of frames.
@Suite("eval --robustness_type=fr", .serialized)
struct StabilityTests {
    private let data: RobustnessData
    private var folder: TemporaryFolder { data.folder }

    private struct Video {
        let perturbation: Perturbation
        let path: String
        let frames: [String]
    }

    private let videos: [Video]

    /// Videos of eleven frames, out of corrupted pictures; the frames' names are not in the order of their bytes.
    init() throws {
        data = try RobustnessData()
        try data.corrupt("brightness,gaussian_noise,saturate", "1,2,3,4,5")
        var videos: [Video] = []
        for (name, corruption) in [
            ("weather/brightness", "brightness"), ("noise/gaussian_noise", "gaussian_noise"),
            ("noise/gaussian_noise_2", "gaussian_noise"), ("shear", "saturate"),
        ] {
            for (video, label) in [1, 4, 7].enumerated() {
                let path = "videos/\(name)/n0000000\(label)/v\(video)"
                try data.folder.makeFolder(path)
                var frames: [String] = []
                for frame in 0..<11 {
                    let severity = 1 + (frame * 3 + label) % 5
                    let picture = name.hasSuffix("_2") ? 1 : frame % 2
                    let source = "files/\(corruption)/\(severity)/n0000000\(label)/p\(picture).JPEG"
                    let target = data.folder.path("\(path)/frame\(frame).jpg")
                    try FileManager.default.copyItem(
                        atPath: data.folder.path(source),
                        toPath: target
                    )
                    frames.append(target)
                }
                let last = (name.split(separator: "/").last.map(String.init) ?? name)
                    .replacing("_2", with: "")
                let perturbation = try #require(Perturbation(rawValue: last))
                videos.append(Video(perturbation: perturbation, path: path, frames: frames))
            }
        }
        self.videos = videos
    }

    private func eval(_ arguments: [String]) throws -> Tool.Outcome {
        let model = data.model.filter { !$0.hasPrefix("--label") }
        return try Tool.run(
            "eval",
            ["--robustness_type=fr", "-j", "1"] + model + RobustnessData.size
                + ["--data_dir=\(folder.path("videos"))"] + arguments,
            environment: ["OMP_NUM_THREADS": "1"]
        )
    }

    /// What comes of the logits of the frames, which are had by another way.
    private func expected(difficulty: Int) throws -> [Perturbation: Stability] {
        var stabilities: [Perturbation: Stability] = [:]
        for video in videos {
            let isHarder = video.path.contains("_2/")
            guard !video.perturbation.isNoise || isHarder == (difficulty == 2) else { continue }
            let path = folder.path("logits.npy")
            let model = data.model.filter { !$0.hasPrefix("--label") }
            let outcome = try Tool.run(
                "eval",
                model + ["-p", "reid", "--image-size=96", "--logits", path, "--force", "-i"]
                    + video.frames
            )
            try #require(outcome.exitCode == 0, "\(outcome.errors)")
            let logits = try EvalTests.floats(folder.bytes("logits.npy"))
            var comparison = FrameComparison(video.perturbation, difficulty: difficulty)
            for frame in 0..<11 {
                let row = Array(logits[frame * 11..<(frame + 1) * 11])
                comparison.add(row.span)
            }
            let isCounted = comparison.finish(
                &stabilities[video.perturbation, default: Stability()]
            )
            try #require(isCounted)
        }
        return stabilities
    }

    @Test("flips and distances are those of the frames' logits in order", arguments: [1, 2])
    func figures(difficulty: Int) throws {
        let outcome = try eval(["--difficulty=\(difficulty)", "--json", "--batch-size=7"])
        try #require(outcome.exitCode == 0, "\(outcome.errors)")
        let found = try RobustnessData.json(outcome.output)
        let all = try #require(found["perturbations"] as? [[String: Any]])
        #expect(
            all.map { $0["perturbation"] as? String } == ["gaussian_noise", "brightness", "shear"]
        )
        let expected = try expected(difficulty: difficulty)
        for entry in all {
            let name = try #require(entry["perturbation"] as? String)
            let perturbation = try #require(Perturbation(rawValue: name))
            let stability = try #require(expected[perturbation])
            for (key, expected) in [
                ("flip_probability", stability.flipProbability),
                ("top_5_distance", stability.topFiveDistance),
                ("zipf_distance", stability.zipfDistance),
            ] {
                // Foundation reads JSON's numbers to 15 digits.
                let found = try #require(entry[key] as? Double)
                #expect(abs(found - (expected ?? -1)) < 1e-12, "\(name): \(key)")
            }
            #expect(entry["videos"] as? Int == 3)
            #expect(entry["in_means"] as? Bool == (name != "shear"))
        }
        let rates = FlipRates(expected)
        let mean = try #require(rates.mean(over: Perturbation.benchmark))
        #expect(abs(try #require(found["mfr"] as? Double) - mean.value) < 1e-12)
        #expect(found["mfr_perturbations"] as? Int == 2)
        let text = try eval(["--difficulty=\(difficulty)"]).output
        #expect(text.contains("mFR (normalized by AlexNet flip probabilities) of 2 of 10"))
        #expect(text.contains("\nfor validation, and in no mean:\nPerturbation: shear "))
    }

    @Test(
        "parts come together, an interrupted run goes on, and a video with a bad frame is left out"
    )
    func parts() throws {
        let whole = try RobustnessData.figures(try eval(["--json"]).output)
        let files = (0..<3).map { folder.path("part\($0)") }
        for (index, file) in files.enumerated() {
            let batch = ["--batch-size=\(5 + index)"]
            let outcome = try eval(["--shard=\(index)/3", "--partial=\(file)"] + batch)
            try #require(outcome.exitCode == 0, "\(outcome.errors)")
        }
        let merged = try Tool.run("eval", ["--merge"] + files + ["--json"])
        #expect(try RobustnessData.figures(merged.output) == whole)

        try folder.write([1, 2, 3], to: "\(videos[0].path)/frame5.jpg")
        #expect(try eval([]).exitCode == 3)
        let outcome = try eval(["--skip-corrupt=1", "--json"])
        #expect(outcome.exitCode == 0)
        #expect(outcome.errors.contains("v0: a frame of it cannot be read"))
        let figures = try RobustnessData.json(outcome.output)
        let all = try #require(figures["perturbations"] as? [[String: Any]])
        #expect(all.map { $0["videos"] as? Int } == [3, 2, 3])
    }

    @Test("films are not read; how they are unpacked is said")
    func films() throws {
        try folder.write([0], to: "videos/shear/n00000001/x.mp4")
        let outcome = try eval([])
        #expect(outcome.exitCode == 3)
        #expect(outcome.errors.contains("ffmpeg -i VIDEO.mp4 VIDEO/%04d.png"))
    }
}
