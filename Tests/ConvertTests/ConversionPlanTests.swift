import Checkpoint
import Convert
import Networks
import Proto
import TestSupport
import Testing

@Suite
struct ConversionPlanTests {
    private let folder: TemporaryFolder
    private let source: BundleReader

    init() throws {
        folder = try TemporaryFolder()
        let writer = try BundleWriter(prefix: folder.path("a"))
        let average = VariableNames.movingAverage
        let names = [
            "n/gamma", "n/gamma/\(average)", "n/gamma/Momentum", "n/moving_mean", "n/kernel",
        ]
        for (index, name) in names.enumerated() {
            let value = Float(index) + 1.0009766
            let bits = value.bitPattern
            let bytes = (0..<4).map { UInt8(truncatingIfNeeded: bits >> (8 * UInt32($0))) }
            try unsafe writer.add(name, .float32, shape: [1], bytes: bytes.span.bytes)
        }
        let step: [UInt8] = [9, 0, 0, 0, 0, 0, 0, 0]
        try unsafe writer.add("global_step", .int64, shape: [], bytes: step.span.bytes)
        try writer.finish()
        source = try BundleReader(prefix: folder.path("a"))
    }

    private func plan(_ change: (inout ConversionRequest) -> Void) throws -> ConversionPlan {
        var request = ConversionRequest()
        change(&request)
        return try ConversionPlan(source.tensors, request)
    }

    @Test("everything is converted unless told otherwise")
    func everything() throws {
        let plan = try plan { _ in }
        #expect(plan.items.count == 6)
        #expect(plan.leftOut.isEmpty)
        #expect(!plan.items.contains { $0.isCast || $0.isRenamed })
    }

    @Test("moving averages take the place of their weights")
    func averages() throws {
        let plan = try plan {
            $0.set = .movingAverages
            $0.keepsTrainingState = false
        }
        #expect(plan.items.map(\.name) == ["n/gamma", "n/kernel", "n/moving_mean"])
        #expect(plan.items[0].source.name == "n/gamma/ExponentialMovingAverage")
        #expect(plan.leftOut == ["global_step", "n/gamma", "n/gamma/Momentum"])
    }

    @Test("only weights are cast")
    func types() throws {
        let plan = try plan { $0.weightType = .float16 }
        #expect(plan.items.filter(\.isCast).map(\.name) == ["n/gamma", "n/kernel"])
    }

    @Test("patterns choose, rules rename, and two tensors of a name are refused")
    func names() throws {
        let plan = try plan {
            $0.only = ["^n/"]
            $0.exclude = ["Momentum$", "Average$"]
            $0.renames = ["s/^n/m/", "s/m/k/"]
        }
        #expect(plan.items.map(\.name) == ["k/gakka", "k/kernel", "k/koving_kean"])
        #expect(
            throws: ConversionError.sameName(name: "n", sources: ["n/gamma", "n/kernel"])
        ) {
            try self.plan {
                $0.only = ["gamma$", "kernel$"]
                $0.renames = ["s|/.*||"]
            }
        }
        #expect(throws: ConversionError.nothingLeft) { try self.plan { $0.only = ["absent"] } }
        #expect(throws: ConversionError.malformedPattern("(")) {
            try self.plan { $0.exclude = ["("] }
        }
    }

    @Test(
        "a cast is verified within its rounding, and a changed value is found",
        arguments: [
            DataType.float16, .bfloat16,
        ]
    )
    func verification(type: DataType) throws {
        let plan = try plan { $0.weightType = type }
        try CheckpointWriter.write(plan, from: source, prefix: folder.path("b"), shardCount: 3)
        let result = try BundleReader(prefix: folder.path("b"))
        #expect(result.shardCount == 3)
        let proof = try TensorProof(plan, of: source, in: result)
        #expect(proof.faults == [])
        #expect(proof.identicalCount == 4)
        #expect(proof.roundedCount == 2)
        #expect(proof.largestRelativeError > 0)

        let other = try BundleWriter(prefix: folder.path("c"))
        for tensor in result.tensors {
            var bytes = try result.bytes(of: tensor).array
            if tensor.name == "n/kernel" { bytes[0] ^= 2 }
            if tensor.name == "n/moving_mean" { bytes[0] ^= 1 }
            try unsafe other.add(
                tensor.name,
                tensor.dataType,
                shape: tensor.shape,
                bytes: bytes.span.bytes
            )
        }
        try other.finish()
        let found = try TensorProof(
            plan,
            of: source,
            in: BundleReader(prefix: folder.path("c"))
        )
        #expect(
            found.faults == [
                "n/kernel: 1 elements do not fit \(type.name)", "n/moving_mean: bytes differ",
            ]
        )
    }
}
