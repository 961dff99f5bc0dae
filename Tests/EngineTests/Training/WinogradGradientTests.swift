import Base
import Engine
import TestSupport
import Testing

/// Gradients of convolutions by Winograd's algorithm against loops in float64, and that they are the same whatever the
/// threads.
@Suite(.serialized)
struct WinogradGradientTests {
    /// A convolution 3x3 behind one that changes nothing, so that it finds its input in blocks of channels.
    struct Case: CustomTestStringConvertible, Sendable {
        var inputs: Int
        var outputs: Int
        var height: Int
        var width: Int
        var batch = 3
        var before = 1
        var after = 1
        var tile = "winograd 4x4"

        var testDescription: String {
            "\(inputs) to \(outputs), \(batch) x \(height)x\(width), \(before) and \(after) around"
        }

        var layer: Convolution {
            Convolution(
                Window(3, border: .sides(Padding(before: before, after: after))),
                inputChannels: inputs,
                outputChannels: outputs
            )
        }
    }

    static let cases = [
        Case(inputs: 48, outputs: 80, height: 9, width: 22),
        Case(inputs: 80, outputs: 48, height: 22, width: 9, batch: 1, before: 0, after: 0),
        Case(inputs: 64, outputs: 64, height: 7, width: 13, before: 2, after: 0),
        Case(inputs: 64, outputs: 64, height: 6, width: 10, batch: 2, before: 0, after: 2),
        Case(inputs: 64, outputs: 32, height: 8, width: 12, before: 3, after: 3),
        Case(inputs: 33, outputs: 41, height: 12, width: 11),
        Case(inputs: 32, outputs: 32, height: 56, width: 56, batch: 2),
        Case(inputs: 128, outputs: 128, height: 6, width: 6, tile: "winograd 2x2"),
        Case(inputs: 128, outputs: 130, height: 2, width: 2, batch: 5, tile: "winograd 2x2"),
        Case(inputs: 272, outputs: 144, height: 7, width: 7, batch: 1),
    ]

    /// What a pass leaves: the outputs and both gradients, and the code of the convolution's three steps.
    private struct Pass {
        var outputs: [Float] = []
        var weights: [Float] = []
        var pictures: [Float] = []
        var steps: [String] = []
    }

    private static func plan(_ one: Case, math: TrainingMath) throws -> TrainingPlan {
        var graph = Graph(
            input: FeatureShape(height: one.height, width: one.width, channels: one.inputs)
        )
        let picture = graph.append(Input(shape: graph.input), named: "input", inputs: [])
        let lift = Convolution(
            Window(1),
            inputChannels: one.inputs,
            outputChannels: one.inputs
        )
        let lifted = graph.append(lift, named: "lift", inputs: [picture])
        let output = graph.append(one.layer, named: "conv", inputs: [lifted])
        let flat = graph.append(GlobalPool(.flatten), named: "flat", inputs: [output])
        graph.mark(.logits, at: flat)
        var weights = Weights.uniform(for: graph)
        weights[ParameterKey(node: "lift", role: .kernel)] = WeightTensor(
            shape: lift.kernelShape,
            values: (0..<(one.inputs * one.inputs)).map { $0 % (one.inputs + 1) == 0 ? 1 : 0 }
        )
        let store = try ParameterStore(graph, weights: weights)
        var options = TrainingOptions(math: math)
        options.wantsInputGradient = true
        return try TrainingPlan(graph, parameters: store, batch: one.batch, options: options)
    }

    private static func run(_ one: Case, math: TrainingMath) throws -> Pass {
        let plan = try plan(one, math: math)
        let count = one.batch * one.height * one.width * one.inputs
        let pictures = Uniform.values("pictures", count: count)
        unsafe plan.withInput { _ = unsafe $0.update(fromContentsOf: pictures.map { 2 * $0 - 1 }) }
        let share = Uniform.values("slope", count: one.batch * plan.classes)
        var pass = Pass()
        let steps = try unsafe plan.runMeasured { logits, gradient in
            pass.outputs = unsafe Array(logits)
            for index in gradient.indices { unsafe gradient[index] = 2 * share[index] - 1 }
        }
        pass.weights =
            plan.parameters[ParameterKey(node: "conv", role: .kernel)]?.gradientValues ?? []
        pass.pictures = plan.pictureGradient ?? []
        pass.steps = steps.filter { $0.node == "conv" && $0.operations > 0 }.map(\.implementation)
        return pass
    }

    /// Both gradients in float64, the kernel's in HWIO, the pictures' with channels first.
    private static func expected(_ one: Case) -> (weights: [Double], pictures: [Double]) {
        let (ins, outs) = (one.inputs, one.outputs)
        let height = one.height + one.before + one.after - 2
        let width = one.width + one.before + one.after - 2
        let pictures = Uniform.values("pictures", count: one.batch * ins * one.height * one.width)
            .map { Double(2 * $0 - 1) }
        let slopes = Uniform.values("slope", count: one.batch * outs * height * width)
            .map { Double(2 * $0 - 1) }
        let key = ParameterKey(node: "conv", role: .kernel)
        let kernel = Uniform.values("\(key)", count: 9 * ins * outs)
            .map { Double(($0 - 0.5) * 3.5 / Float(9 * ins).squareRoot()) }
        var weights = [Double](repeating: 0, count: kernel.count)
        var gradient = [Double](repeating: 0, count: pictures.count)
        for picture in 0..<one.batch {
            for y in 0..<height {
                for x in 0..<width {
                    let slope = (0..<outs).map { output in
                        slopes[((picture * height + y) * width + x) * outs + output]
                    }
                    for tap in 0..<9 {
                        let (row, column) = (y + tap / 3 - one.before, x + tap % 3 - one.before)
                        guard 0..<one.height ~= row, 0..<one.width ~= column else { continue }
                        for input in 0..<ins {
                            let place =
                                ((picture * ins + input) * one.height + row) * one.width + column
                            let start = (tap * ins + input) * outs
                            var sum = 0.0
                            for output in 0..<outs {
                                weights[start + output] += pictures[place] * slope[output]
                                sum += kernel[start + output] * slope[output]
                            }
                            gradient[place] += sum
                        }
                    }
                }
            }
        }
        return (weights, gradient)
    }

    /// The largest difference over the largest value.
    private static func error(_ found: [Float], _ expected: [Double]) -> Double {
        guard found.count == expected.count else { return .infinity }
        let worst = zip(found, expected).map { abs(Double($0) - $1) }.max() ?? .infinity
        return worst / (expected.map(abs).max() ?? 0)
    }

    @Test("gradients are as exact as sums in float32", arguments: cases)
    func exactness(one: Case) throws {
        let pass = try Self.run(one, math: .fast)
        #expect(pass.steps.count == 3)
        #expect(pass.steps.first == one.tile)
        #expect(pass.steps.allSatisfy { $0.hasPrefix("winograd") })
        let expected = Self.expected(one)
        let errors = (
            weights: Self.error(pass.weights, expected.weights),
            pictures: Self.error(pass.pictures, expected.pictures)
        )
        print("winograd gradient \(one): \(errors)")
        #expect(errors.weights < 3e-6)
        #expect(errors.pictures < 3e-6)
    }

    @Test("every product is computed by exact, and where tiles gain nothing")
    func direct() throws {
        let small = Case(inputs: 8, outputs: 8, height: 14, width: 14)
        for (one, math) in [(Self.cases[0], TrainingMath.exact), (small, .fast)] {
            let pass = try Self.run(one, math: math)
            #expect(pass.steps.count == 3)
            #expect(pass.steps.allSatisfy { !$0.contains("wino") })
            let expected = Self.expected(one)
            #expect(Self.error(pass.weights, expected.weights) < 3e-6)
            #expect(Self.error(pass.pictures, expected.pictures) < 3e-6)
        }
    }

    @Test(
        "the same bits on any number of threads",
        arguments: [cases[0], cases[5], cases[6], cases[8], cases[9]]
    )
    func threads(one: Case) throws {
        SteadyThreads.begin()
        defer { SteadyThreads.end() }
        let before = ThreadCount.current
        defer { ThreadCount.set(before) }
        ThreadCount.set(1)
        let alone = try Self.run(one, math: .fast)
        #expect(alone.weights.contains { $0 != 0 })
        for threads in [2, 3, 8, 21] {
            ThreadCount.set(threads)
            let pass = try Self.run(one, math: .fast)
            #expect(pass.outputs == alone.outputs, "\(threads)")
            #expect(pass.weights == alone.weights, "\(threads)")
            #expect(pass.pictures == alone.pictures, "\(threads)")
        }
    }

    @Test("scratch memory grows with the kernel, not with the batch")
    func memory() throws {
        func scratch(_ batch: Int) throws -> Int {
            let one = Case(inputs: 64, outputs: 64, height: 16, width: 16, batch: batch)
            let direct = try Self.plan(one, math: .exact).activationByteCount
            return try Self.plan(one, math: .fast).activationByteCount - direct
        }
        #expect(try scratch(8) < 16 << 20)
        #expect(try scratch(32) < 16 << 20)
    }
}
