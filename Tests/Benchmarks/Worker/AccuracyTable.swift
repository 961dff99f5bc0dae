import Base
import Convert
import Data
import Engine
import GoldenNetworks
import Networks
import Pictures
import TestSupport

/// What each arithmetic costs in exactness, on all networks and pictures whose results TensorFlow gave us.
struct AccuracyTable {
    private let threads: Int

    init(_ options: WorkerOptions) throws {
        threads = try options.count("threads", default: 2)
    }

    /// How far logits are from the reference's.
    private struct Distance {
        var largest: Float = 0
        var rows = 0
        var sameClass = 0

        mutating func add(_ ours: some Collection<Float>, _ theirs: some Collection<Float>) {
            let scale = theirs.map(abs).max() ?? 0
            let worst = zip(ours, theirs).map { abs($0 - $1) }.max() ?? .infinity
            largest = max(largest, worst / scale)
            rows += 1
            let (mine, golden) = (Array(ours), Array(theirs))
            let first = mine.indices.max { mine[$0] < mine[$1] }
            if first == golden.indices.max(by: { golden[$0] < golden[$1] }) { sameClass += 1 }
        }

        var text: String {
            "largest error \(largest) of the row's largest logit, same class \(sameClass)/\(rows)"
        }
    }

    func run() throws {
        ThreadCount.set(threads)
        for math in MathMode.allCases {
            // Mixed arithmetic is shown with the bfloat16 that it has elsewhere.
            if math == .mixed || math == .bf16, !MathMode.bf16.isAvailable {
                print("\(math.rawValue): \(EngineError.noBFloat16)")
                continue
            }
            print("\(math.rawValue): 14 networks: \(try goldens(math).text)")
            for name in ["imagenet_096", "imagenet_128a"] {
                let (distance, accuracy) = try tiny(name, math)
                print("\(math.rawValue): tiny, \(name): \(distance.text), accuracy \(accuracy)")
            }
        }
    }

    /// bfloat16 where the mode has it, also on processors where it gains nothing.
    private func options(_ math: MathMode) -> ExecutionOptions {
        var options = ExecutionOptions(math: math)
        options.bfloat16Gain = .directProducts
        return options
    }

    private func goldens(_ math: MathMode) throws -> Distance {
        var distance = Distance()
        for name in GoldenGraph.names {
            let run = try GoldenRun(name, options: options(math))
            let classes = run.expected.shape[1]
            for row in 0..<2 {
                let range = (row * classes)..<((row + 1) * classes)
                distance.add(run.logits[range], run.expected[row])
            }
        }
        return distance
    }

    private func tiny(_ name: String, _ math: MathMode) throws -> (Distance, Double) {
        var model = ModelConfiguration()
        model.version = 2
        model.width = 8
        model.classes = 11
        model.usesSelectiveKernel = true
        model.antiAliasesConvolutions = true
        let preprocessing = try Preprocessing(name: name)
        let network = try FamilyNetwork(model, imageSize: preprocessing.imageSize)
        let file = try WeightFile(Fixture.path("tiny/model"))
        let evaluator = Evaluator(
            try Executor(
                network.graph,
                weights: Weights(VariableNames(network), from: file.tensors),
                batch: 50,
                options: options(math)
            ),
            classes: model.classes,
            preprocessing: preprocessing
        )
        let golden = try GoldenArray("tiny/eval-\(name)/logits.npy")
        let files = PictureRecords.files(in: Fixture.path("tiny/data"), matching: "validation-*")
        var source = PictureRecords(files: files)
        var distance = Distance()
        var right = 0
        try unsafe evaluator.run(&source) { batch in
            for (index, picture) in batch.pictures.enumerated() {
                let logits = Array(batch.logits(of: index))
                distance.add(logits, golden[distance.rows])
                if logits.indices.max(by: { logits[$0] < logits[$1] }) == picture.label {
                    right += 1
                }
            }
            return true
        }
        return (distance, Double(right) / Double(max(distance.rows, 1)))
    }
}
