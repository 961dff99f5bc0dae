internal import Base
internal import COneDNN

/// A graph made ready to run on batches of one size.
///
/// Holds the prepared weights and the memory of the activations. Used by one thread at a time, always the same.
@safe
public final class Executor {
    /// The pictures of one batch.
    public let batch: Int
    /// The arithmetic that is computed.
    public var math: MathMode { planner.math }
    /// The graph, after its passes.
    package let graph: Graph
    private let planner: Planner
    private let arena: Arena
    private let work: [Step.Work]
    private let activations: [NodeID: Activation]

    /// Prepares a graph with its weights.
    ///
    /// - Parameters:
    ///   - graph: The graph as built; the passes given are applied to it.
    ///   - weights: A value for every parameter of the graph.
    ///   - batch: Pictures that are computed together.
    ///   - options: How it is computed.
    /// - Throws: ``EngineError``.
    public init(
        _ graph: Graph,
        weights: Weights,
        batch: Int,
        options: ExecutionOptions = ExecutionOptions()
    ) throws(EngineError) {
        precondition(batch > 0, "a batch of \(batch)")
        guard options.math.isAvailable else { throw .noBFloat16 }
        // Checked before the passes, which leave shapes alone and drop the layers that compare them.
        let shapes: [NodeID: FeatureShape]
        do { shapes = try graph.shapes() } catch { throw .graph(error) }
        // What is planned for an activation is no more than a few times as large as itself.
        let largest = shapes.values.map(\.count).max() ?? 0
        try SystemMemory.require(Planner.product(batch, largest, ElementType.bfloat16.byteCount))
        var graph = graph
        for pass in options.passes { pass.apply(&graph) }
        let processor = try wrapped { () throws(OneDNNError) in try Processor() }
        let planner = Planner(
            graph,
            processor: processor,
            weights: weights,
            batch: batch,
            options: options
        )

        var activations: [NodeID: Activation] = [:]
        for node in graph.nodes {
            let inputs = node.inputs.compactMap { activations[$0] }
            guard let output = shapes[node.id], inputs.count == node.inputs.count else {
                preconditionFailure("\(node.name) stands before its input")
            }
            activations[node.id] = try node.operation.execution.plan(
                node,
                inputs: inputs,
                output: output,
                in: planner
            )
        }

        let kept = Set(graph.observedNodes.compactMap { activations[$0]?.buffer })
        let parts = planner.placeParts()
        let wholes = Set(parts.values.map(\.whole))
        let plan = MemoryPlan(
            byteCounts: planner.byteCounts,
            lifetimes: Self.lifetimes(of: planner, keeping: kept, wholes: wholes),
            parts: parts
        )
        arena = try Arena(plan, scratchpadByteCount: planner.scratchpadByteCount)
        var work: [Step.Work] = []
        for step in planner.steps { work.append(try step.bind(arena)) }
        self.work = work
        self.planner = planner
        self.activations = activations
        self.graph = graph
        self.batch = batch
    }

    /// The first and last step that touch each buffer; the input lives from the start, what is kept to the end.
    private static func lifetimes(
        of planner: Planner,
        keeping kept: Set<Int>,
        wholes: Set<Int>
    ) -> [ClosedRange<Int>] {
        let end = planner.steps.count
        var first = [Int?](repeating: nil, count: planner.byteCounts.count)
        var last = [Int](repeating: 0, count: planner.byteCounts.count)
        for (index, step) in planner.steps.enumerated() {
            for buffer in step.reads + step.writes {
                // A buffer that is read before anything writes it is the input, or its parts were written.
                let isMade = step.writes.contains(buffer) || wholes.contains(buffer)
                if first[buffer] == nil { first[buffer] = isMade ? index : 0 }
                last[buffer] = index
            }
        }
        return planner.byteCounts.indices.map { buffer in
            let start = first[buffer] ?? 0
            return start...max(start, kept.contains(buffer) ? end : last[buffer])
        }
    }

    /// Lends the place of the input pictures: planar float32, `[batch, channel, height, width]`, means subtracted.
    ///
    /// The memory may be used for activations while the network runs, so it must be filled again before each run.
    public func withInput<Result>(
        _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result
    ) rethrows -> Result {
        guard let input = graph.nodes.first.flatMap({ activations[$0.id] }) else {
            preconditionFailure("a graph without nodes")
        }
        return try unsafe body(arena.floats(of: input.buffer))
    }

    /// Computes all observed stages from the input.
    public func run() throws(EngineError) {
        for work in work { try work() }
    }

    /// The logits of the last run, `[batch, class]`.
    public var logits: [Float] { values(of: .logits) ?? [] }

    /// The activations of an observed stage in the last run, `[batch, height, width, channel]`.
    package func values(of stage: Stage) -> [Float]? {
        guard graph.observed.contains(stage), let node = graph.node(of: stage),
            let activation = activations[node]
        else { return nil }
        if activation.isMatrix {
            return unsafe Array(arena.floats(of: activation.buffer))
        }
        return try? channelsLast(activation)
    }

    /// The stages of the graph, in order.
    package var stages: [Stage] { graph.stages.map(\.stage) }

    /// The shape of a stage's activations.
    package func shape(of stage: Stage) -> FeatureShape? {
        graph.node(of: stage).flatMap { activations[$0]?.shape }
    }

    private func channelsLast(_ activation: Activation) throws(OneDNNError) -> [Float] {
        let from = try activation.exactDescriptor()
        let to = try activation.channelsLastDescriptor()
        let target = Storage(byteCount: to.byteCount)
        try unsafe reorder(
            Memory(from, at: arena.bytes(of: activation.buffer), on: planner.processor),
            from,
            to: Memory(to, at: target.bytes, on: planner.processor),
            to,
            on: planner.processor
        )
        return unsafe Array(target.floats)
    }

    /// Where every buffer lies, and when.
    package var memory: MemoryPlan { arena.plan }

    /// Bytes of activations and scratch memory.
    public var activationByteCount: Int { arena.byteCount }

    /// The steps of the plan in order, and where each writes.
    public var plan: [PlannedStep] {
        let memory = arena.plan
        return planner.steps.enumerated().map { index, step in
            let buffer = step.writes[0]
            return PlannedStep(
                node: step.node,
                kind: step.kind,
                implementation: step.implementation,
                offset: memory.offsets[buffer],
                byteCount: memory.byteCounts[buffer],
                lastReader: min(memory.lifetimes[buffer].upperBound, planner.steps.count - 1)
            )
        }
    }

    /// Runs once, and tells what each step took.
    public func runMeasured() throws(EngineError) -> [StepMeasurement] {
        let clock = ContinuousClock()
        let beginning = clock.now
        var measurements: [StepMeasurement] = []
        for (step, work) in zip(planner.steps, work) {
            let start = clock.now
            try work()
            measurements.append(
                StepMeasurement(
                    step,
                    byteCount: planner.byteCount(of: step),
                    start: start - beginning,
                    duration: clock.now - start
                )
            )
        }
        return measurements
    }
}
