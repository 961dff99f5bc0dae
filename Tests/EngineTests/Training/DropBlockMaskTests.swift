import Engine
import TestSupport
import Testing

/// DropBlock against the published implementation's, with its noise given.
@Suite struct DropBlockMaskTests {
    struct Golden: Decodable, Sendable {
        struct Case: Decodable, Sendable {
            let h: Int
            let w: Int
            let c: Int
            let batch: Int
            let keep_prob: Float
            let gamma_scale: Float
            let zeros: Int
            let sum: Double
            let flat: [Double]
        }

        let cases: [Case]
    }

    @Test("what is dropped and what remains is the reference's", arguments: 0..<3)
    func golden(index: Int) throws {
        let golden = try Fixture.json("misc/dropblock.json", as: Golden.self).cases[index]
        let (height, width, channels) = (golden.h, golden.w, golden.c)
        let shape = FeatureShape(height: height, width: width, channels: channels)
        var sketch = NetworkSketch(shape)
        // A convolution that copies, because pictures lie in another layout than activations.
        let copy = sketch.convolution(sketch.input, size: 1, from: channels, to: channels)
        let dropped = sketch.append(DropBlock(gammaScale: golden.gamma_scale), copy)
        sketch.finish(dropped)
        var weights = Weights()
        for parameter in sketch.graph.parameters {
            weights[parameter.key] = WeightTensor(
                shape: parameter.shape,
                values: (0..<parameter.count).map { $0 / channels == $0 % channels ? 1 : 0 }
            )
        }
        let plan = try TrainingPlan(
            sketch.graph,
            parameters: ParameterStore(sketch.graph, weights: weights),
            batch: golden.batch
        )
        let mask = try #require(plan.dropBlockMasks.first)
        mask.draw(
            keepProbability: golden.keep_prob,
            noise: Uniform.values("db/u\(height)", count: mask.noiseCount)
        )
        let pictures = Uniform.values("db/x\(height)", count: golden.batch * shape.count)
            .map { $0 - 0.5 }
        unsafe plan.withInput { input in
            for index in pictures.indices {
                let (pixel, channel) = (index / channels, index % channels)
                let (picture, place) = (pixel / shape.area, pixel % shape.area)
                unsafe input[(picture * channels + channel) * shape.area + place] = pictures[index]
            }
        }
        var values: [Float] = []
        try unsafe plan.run { logits, gradient in
            unsafe values = Array(logits)
            unsafe gradient.update(repeating: 0)
        }
        #expect(values.count { $0 == 0 } == golden.zeros)
        #expect(abs(values.reduce(0) { $0 + Double($1) } - golden.sum) <= 1e-4)
        let flat = stride(from: 0, to: values.count, by: 7).map { Double(values[$0]) }
        #expect(flat.count == golden.flat.count)
        for (ours, theirs) in zip(flat, golden.flat) {
            #expect(abs(ours - theirs) <= 1e-5 * max(abs(theirs), 1e-3))
        }
    }

    @Test("a layer on too small a picture is refused")
    func tooSmall() {
        #expect(throws: GraphError.tooSmall(node: "drop", height: 6, width: 9)) {
            try DropBlock(gammaScale: 1).outputShape(
                for: [FeatureShape(height: 6, width: 9, channels: 4)],
                at: "drop"
            )
        }
    }

    @Test("a keep probability of 1 drops nothing")
    func keepsAll() throws {
        var sketch = NetworkSketch(FeatureShape(height: 8, width: 8, channels: 3))
        let node = sketch.convolution(sketch.input, size: 1, from: 3, to: 5)
        sketch.finish(sketch.append(DropBlock(gammaScale: 1), node))
        var random = RandomNumbers(seed: 1)
        let plan = try TrainingPlan(
            sketch.graph,
            parameters: ParameterStore(
                sketch.graph,
                weights: .initial(for: sketch.graph, using: &random)
            ),
            batch: 2
        )
        let mask = try #require(plan.dropBlockMasks.first)
        func run() throws -> [Float] {
            unsafe plan.withInput { unsafe $0.update(repeating: 0.5) }
            var values: [Float] = []
            try unsafe plan.run { logits, gradient in
                unsafe values = Array(logits)
                unsafe gradient.update(repeating: 0)
            }
            return values
        }
        let before = try run()
        mask.draw(
            keepProbability: 1,
            noise: [Float](repeating: 0, count: mask.noiseCount)
        )
        #expect(try run() == before)
        mask.draw(
            keepProbability: 0.5,
            noise: [Float](repeating: 0, count: mask.noiseCount)
        )
        #expect(try run().allSatisfy { $0 == 0 })
    }
}
