import Checkpoint
import Convert
import Foundation
import Pictures
import TestSupport
import Testing

@Suite
struct TrainingFolderTests {
    private func checkpoint(_ step: Int, in folder: TrainingFolder) throws {
        for ending in ["index", "data-00000-of-00001", "training.json"] {
            try Data("\(step)".utf8).write(
                to: URL(filePath: "\(folder.path)/model.ckpt-\(step).\(ending)")
            )
        }
    }

    private func steps(_ path: String) throws -> [Int] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.filter { $0.hasSuffix(".index") }
            .compactMap { Int($0.dropFirst("model.ckpt-".count).dropLast(".index".count)) }
            .sorted()
    }

    @Test("the latest checkpoints are kept, and named by the state file")
    func latest() throws {
        let temporary = try TemporaryFolder()
        let path = temporary.path("out")
        for step in 1...5 {
            // Each time as another run finds it.
            var folder = try TrainingFolder(path, keptCount: 3)
            try checkpoint(step, in: folder)
            try folder.add(step: step)
        }
        #expect(try steps(path) == [3, 4, 5])
        let state = try CheckpointState(path: "\(path)/checkpoint")
        #expect(state.latest == "model.ckpt-5")
        #expect(state.all == ["model.ckpt-3", "model.ckpt-4", "model.ckpt-5"])
        #expect(TrainingFolder.holdsTraining(path))
    }

    @Test("the best by accuracy are kept, and of equals the first")
    func best() throws {
        let temporary = try TemporaryFolder()
        let folder = try TrainingFolder(temporary.path("out"), keptCount: 0, bestCount: 2)
        var kept: [Bool] = []
        for (step, accuracy) in [(1, 0.5), (2, 0.4), (3, 0.5), (4, 0.3), (5, 0.5), (6, 0.9)] {
            try checkpoint(step, in: folder)
            kept.append(try folder.keep(step: step, accuracy: accuracy))
        }
        #expect(kept == [true, true, true, false, false, true])
        #expect(try steps("\(folder.path)/best").count == 2)
        let best = try folder.bestCheckpoints()
        #expect(best["model.ckpt-6"] == 0.9)
        #expect(best.count == 2)
        #expect(try steps("\(folder.path)/periodical") == [1, 2, 3, 4, 5, 6])
    }

    @Test("cleaning takes what a training left, and nothing else")
    func cleaning() throws {
        let temporary = try TemporaryFolder()
        var folder = try TrainingFolder(temporary.path("out"))
        try checkpoint(7, in: folder)
        try folder.add(step: 7)
        try folder.keep(step: 7, accuracy: 1)
        try temporary.write("mine", to: "out/notes.txt")
        try TrainingFolder.clean(folder.path)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["notes.txt"]
        )
        try TrainingFolder.clean(temporary.path("none"))
    }

    @Test("a list of the best that is no list is said to be none")
    func malformed() throws {
        let temporary = try TemporaryFolder()
        let folder = try TrainingFolder(temporary.path("out"))
        try temporary.makeFolder("out/best")
        let path = try temporary.write("[1]", to: "out/best/best_checkpoints")
        #expect(
            throws: ConversionError.malformedProgress(
                path: path,
                reason: "this is no list of names and accuracies"
            )
        ) { try folder.bestCheckpoints() }
    }

    @Test("a picture's PNG file decodes to the picture", arguments: [1, 3, 200])
    func png(width: Int) throws {
        let size = PictureSize(width: width, height: 120)
        let pixels = (0..<(3 * width * 120)).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ $0 / 7) }
        let picture = Picture(size: size, pixels: pixels)
        let file = PNGFile.bytes(of: picture)
        #expect(unsafe try PictureDecoder().decode(file.span.bytes) == picture)
    }
}
