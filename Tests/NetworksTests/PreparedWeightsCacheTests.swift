import Base
import Engine
import Foundation
import GoldenNetworks
import Networks
import TestSupport
import Testing

@Suite struct PreparedWeightsCacheTests {
    /// A small network's weights in a cache.
    private struct Filled {
        let folder: TemporaryFolder
        let pieces: [PreparedWeights.Piece]
        let file: String

        init() throws {
            folder = try TemporaryFolder()
            var model = ModelConfiguration()
            model.width = 8
            model.classes = 5
            let network = try FamilyNetwork(model, imageSize: 32)
            let cache = PreparedWeightsCache(folder: folder.path("cache"), key: "first")
            #expect(!cache.isFound)
            _ = try Executor(
                network.graph,
                weights: .filled(VariableNames(network)),
                batch: 1,
                options: ExecutionOptions(prepared: cache.prepared)
            )
            try cache.save()
            pieces = cache.prepared.pieces
            file = cache.path
        }

        func reopened(_ key: String = "first") -> PreparedWeightsCache {
            PreparedWeightsCache(folder: folder.path("cache"), key: key)
        }
    }

    private func bytes(_ piece: PreparedWeights.Piece) -> [UInt8] {
        piece.bytes.withBytes { span in unsafe span.withUnsafeBytes { unsafe Array($0) } }
    }

    @Test("what was kept comes back, bit for bit")
    func roundTrip() throws {
        let filled = try Filled()
        let again = filled.reopened()
        #expect(again.isFound && again.damage == nil)
        // A plan that uses nothing has asked for nothing yet; so one is made of the pieces.
        var model = ModelConfiguration()
        model.width = 8
        model.classes = 5
        _ = try Executor(
            Graph(model, imageSize: 32),
            weights: Weights(),
            batch: 1,
            options: ExecutionOptions(prepared: again.prepared)
        )
        #expect(!again.prepared.isNew)
        #expect(again.prepared.pieces.map(\.name) == filled.pieces.map(\.name))
        #expect(again.prepared.pieces.map(\.layout) == filled.pieces.map(\.layout))
        #expect(again.prepared.pieces.map(bytes) == filled.pieces.map(bytes))
        // Nothing new, nothing written.
        let before = try FileManager.default.attributesOfItem(atPath: filled.file)
        try again.save()
        let after = try FileManager.default.attributesOfItem(atPath: filled.file)
        #expect(before[.systemFileNumber] as? Int == after[.systemFileNumber] as? Int)
    }

    @Test("another plan's file is not found; under a wrong name it is refused")
    func stale() throws {
        let filled = try Filled()
        let other = filled.reopened("second")
        #expect(!other.isFound && other.damage == nil)
        try FileManager.default.copyItem(atPath: filled.file, toPath: other.path)
        let renamed = filled.reopened("second")
        #expect(!renamed.isFound)
        #expect(renamed.damage == "it is of another plan")
    }

    @Test("a file that is cut off anywhere is refused, and replaced")
    func truncated() throws {
        let filled = try Filled()
        let whole = [UInt8](try Data(contentsOf: URL(filePath: filled.file)))
        let lengths =
            Array(0..<80) + stride(from: 80, to: whole.count, by: max(1, whole.count / 60))
            + [whole.count - 1]
        for length in lengths {
            try Data(whole[..<length]).write(to: URL(filePath: filled.file))
            let cache = filled.reopened()
            #expect(!cache.isFound, "\(length) of \(whole.count) bytes")
            #expect(cache.damage != nil)
        }
        try Data(whole + [0]).write(to: URL(filePath: filled.file))
        #expect(filled.reopened().damage == "its size is not what it says")

        try Data(whole).write(to: URL(filePath: filled.file))
        #expect(filled.reopened().isFound)
    }

    @Test("a changed bit is found, or lies between the pieces and changes nothing")
    func flipped() throws {
        let filled = try Filled()
        let whole = [UInt8](try Data(contentsOf: URL(filePath: filled.file)))
        var refused = 0
        let places =
            Array(0..<28) + stride(from: 64, to: whole.count, by: max(1, whole.count / 300))
        for place in places {
            var changed = whole
            changed[place] ^= UInt8(1 << (place % 8))
            try Data(changed).write(to: URL(filePath: filled.file))
            let cache = filled.reopened()
            if !cache.isFound {
                refused += 1
                continue
            }
            #expect(whole[place] == 0, "byte \(place) was changed and nobody noticed")
        }
        #expect(refused > places.count * 9 / 10)
    }

    @Test("the key tells apart everything that the bytes depend on")
    func key() throws {
        var model = ModelConfiguration()
        func key(
            _ weights: String = "a",
            size: Int = 224,
            batch: Int = 1,
            options: ExecutionOptions = ExecutionOptions()
        ) throws -> String {
            PreparedWeightsCache.key(
                weights: weights,
                try Graph(model, imageSize: size),
                batch: batch,
                options
            )
        }
        let base = try key()
        #expect(try base == key())
        var others = [
            try key("b"), try key(size: 256), try key(batch: 2),
            try key(options: ExecutionOptions(math: .exact)),
            try key(options: ExecutionOptions(passes: [])),
        ]
        model.usesSelectiveKernel = true
        others.append(try key())
        model = ModelConfiguration()
        model.pooling = .generalizedMean
        others.append(try key())
        var observing = try Graph(ModelConfiguration(), imageSize: 224)
        observing.observeAllStages()
        others.append(
            PreparedWeightsCache.key(weights: "a", observing, batch: 1, ExecutionOptions())
        )
        #expect(Set(others + [base]).count == others.count + 1)
    }
}
