import Engine
import GoldenNetworks
import Networks
import Reference
import TestSupport
import Testing

/// Foreign networks by the engine, against what TensorFlow computed.
@Suite(.serialized)
struct TranslatedGraphTests {
    private func check(_ name: String) throws {
        guard let golden = try GoldenImport.load(name) else { return }
        let folder = try TemporaryFolder()
        let imported = try ImportedGraph(try golden.write(into: folder))
        let expected = try golden.expected("logits.npy")
        let pictures = try golden.tensor()
        let graph = try imported.translated(size: golden.input_shape[1])
        #expect(graph.batch == nil, "\(name) takes any number of pictures")
        let counts = graph.byReference.sorted { $0.key < $1.key }
        print(
            "\(name): \(graph.native.values.reduce(0, +)) operations as layers, by Reference "
                + (counts.isEmpty ? "none" : counts.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
        )
        for math in [MathMode.exact, .fast] {
            for batch in [1, 2] {
                let logits = try graph.values(
                    of: [.logits],
                    pictures: pictures,
                    batch: batch,
                    ExecutionOptions(math: math)
                )[0]
                let error = logits.largestRowError(from: expected)
                print("\(name): \(math), \(batch) at once: largest relative error \(error)")
                #expect(error <= golden.allowed, "\(name): \(error)")
                #expect(logits.rowMaxima == expected.rowMaxima)
            }
        }
    }

    @Test("logits of inference graphs", arguments: GoldenImport.inference)
    func inference(name: String) throws { try check(name) }

    @Test("logits of training graphs", arguments: GoldenImport.training)
    func training(name: String) throws { try check(name) }

    @Test("logits of SavedModels of TensorFlow 2", arguments: GoldenImport.second)
    func second(name: String) throws { try check(name) }

    @Test("every stage of inference graphs", arguments: GoldenImport.inference)
    func stages(name: String) throws {
        guard let golden = try GoldenImport.load(name), let stages = golden.stages else { return }
        let folder = try TemporaryFolder()
        let imported = try ImportedGraph(try golden.write(into: folder))
        let graph = try imported.translated(
            size: golden.input_shape[1],
            observing: stages.map(\.tensor)
        )
        #expect(graph.missing == [])
        for math in [MathMode.exact, .fast] {
            let values = try graph.values(
                of: stages.map { Stage($0.tensor) },
                pictures: golden.tensor(),
                batch: 2,
                ExecutionOptions(math: math)
            )
            var worst: Double = 0
            for (stage, tensor) in zip(stages, values) {
                #expect(tensor.shape == stage.shape, "\(stage.tensor)")
                guard tensor.shape == stage.shape else { continue }
                let error = stage.error(of: tensor)
                #expect(error <= stage.allowed(golden), "\(stage.tensor), \(math): \(error)")
                worst = max(worst, error)
            }
            print("\(name): \(stages.count) stages, \(math): largest relative error \(worst)")
        }
    }
}

extension GoldenImport.Stage {
    /// The largest difference of what was noted of the stage, over its largest value.
    func error(of tensor: ReferenceTensor) -> Double {
        let numbers = tensor.values.map { Double($0) }
        let mean = numbers.reduce(0, +) / Double(numbers.count)
        let spread = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let deviation = (spread / Double(numbers.count)).squareRoot()
        var error = Swift.max(abs(mean - self.mean), abs(deviation - std))
        error = Swift.max(error, abs((numbers.map { abs($0) }.max() ?? 0) - self.max))
        for sample in samples {
            error = Swift.max(error, abs(numbers[Int(sample[0])] - sample[1]))
        }
        return error / self.max
    }

    /// What is allowed: more where a Relu6 cuts magnitudes that errors belong to, of which TensorFlow 1.14 on another
    /// processor and 2.15 are 1.2e-5 to 1.9e-5 of 6 away.
    func allowed(_ golden: GoldenImport) -> Double {
        tensor.hasSuffix("Relu6:0") && self.max == 6 ? 2e-5 : Double(golden.allowed)
    }
}
