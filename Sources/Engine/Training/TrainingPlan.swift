/// A graph made ready for training on batches of one size: a forward pass that remembers, a loss, a backward pass.
///
/// Used by one thread at a time, always the same.
@safe
public final class TrainingPlan {
    /// What a loss is given: the logits, `[batch, class]`, and where it writes the gradient with respect to them.
    package typealias Loss =
        (_ logits: UnsafeBufferPointer<Float>, _ gradient: UnsafeMutableBufferPointer<Float>) ->
        Void

    /// The pictures of one batch.
    public let batch: Int
    /// The number of classes.
    public let classes: Int
    /// The values that are trained.
    public let parameters: ParameterStore
    /// The graph, after its passes.
    package let graph: Graph
    private let planner: TrainingPlanner
    private let arena: Arena
    private let work: [Step.Work]
    /// How many steps the forward pass has.
    private let forwardCount: Int
    private let input: Activation
    private let logitsPlace: Activation
    private let logitsGradient: Activation
    private let inputGradient: Activation?
    private var areKernelsStale = true

    /// Prepares a graph.
    ///
    /// - Parameters:
    ///   - graph: The graph as built.
    ///   - parameters: A value for every parameter of the graph; gradients are left there.
    ///   - batch: Pictures that are computed together.
    ///   - options: How it is computed.
    /// - Throws: ``EngineError``.
    public init(
        _ graph: Graph,
        parameters: ParameterStore,
        batch: Int,
        options: TrainingOptions = TrainingOptions()
    ) throws(EngineError) {
        precondition(batch > 0, "a batch of \(batch)")
        guard options.math.isAvailable else { throw .noBFloat16 }
        var graph = graph
        Pass.fuseRelu.apply(&graph)
        let processor = try wrapped { () throws(OneDNNError) in try Processor() }
        let planner = TrainingPlanner(
            planner: Planner(
                graph,
                processor: processor,
                weights: Weights(),
                batch: batch,
                options: ExecutionOptions(math: options.math.inference, passes: [])
            ),
            parameters: parameters,
            options: options
        )
        let differentiation = try Differentiation(graph, in: planner)

        let plan = MemoryPlan(
            byteCounts: planner.planner.byteCounts,
            lifetimes: differentiation.lifetimes(in: planner.planner)
        )
        arena = try Arena(plan, scratchpadByteCount: planner.planner.scratchpadByteCount)
        var work: [Step.Work] = []
        for step in planner.planner.steps { work.append(try step.bind(arena)) }
        self.work = work
        self.planner = planner
        self.parameters = parameters
        self.graph = graph
        self.batch = batch
        forwardCount = differentiation.forwardCount
        input = differentiation.input
        logitsPlace = differentiation.logits
        logitsGradient = differentiation.logitsGradient
        inputGradient = differentiation.inputGradient
        classes = differentiation.logits.shape.channels
    }

    /// Lends the place of the input pictures: planar float32, `[batch, channel, height, width]`, means subtracted.
    ///
    /// The memory is used for other things while the network runs, so it must be filled again before each run.
    public func withInput<Result>(
        _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result
    ) rethrows -> Result {
        try unsafe body(arena.floats(of: input.buffer))
    }

    /// Tells the plan that parameters have been given other values.
    package func parametersChanged() {
        areKernelsStale = true
    }

    /// How many steps forward and backward pass have together.
    var stepCount: Int { work.count }

    /// The last step that belongs to each node; behind it the gradients of the node's parameters are there.
    var lastSteps: [String: Int] {
        var last: [String: Int] = [:]
        for (index, step) in planner.planner.steps.enumerated() { last[step.node] = index }
        return last
    }

    /// The forward pass, the loss, and the backward pass, which leaves the gradients with the parameters.
    ///
    /// `completed` is told of each step of the backward pass that has been done.
    package func run(_ loss: Loss, completed: (Int) -> Void = { _ in }) throws(EngineError) {
        if areKernelsStale {
            for copy in planner.kernelCopies { try copy.refresh() }
            areKernelsStale = false
        }
        for index in 0..<forwardCount { try work[index]() }
        unsafe loss(
            UnsafeBufferPointer(arena.floats(of: logitsPlace.buffer)),
            arena.floats(of: logitsGradient.buffer)
        )
        for index in forwardCount..<work.count {
            try work[index]()
            completed(index)
        }
    }

    /// What the batch norms saw; nothing where the moving statistics do not follow it.
    var statistics: [BatchStatistics] {
        planner.options.usesBatchStatistics ? planner.statistics : []
    }

    /// Counts what all batch norms saw in the last batch, unless that had values that are no numbers.
    package func countStatistics() {
        let all = statistics
        guard all.allSatisfy(\.isFinite) else { return }
        for statistics in all { statistics.count() }
    }

    /// Forgets the batches that were counted.
    package func forgetStatistics() {
        for statistics in planner.statistics { statistics.forget() }
    }

    /// Lets the moving statistics of all batch norms follow the batches that were counted.
    package func updateMovingStatistics() {
        for statistics in planner.statistics { statistics.updateMovingStatistics() }
    }

    /// The masks of all DropBlock layers, to be drawn before each step.
    package var dropBlockMasks: [DropBlockMask] { planner.masks }

    /// The gradient with respect to the pictures, `[batch, channel, height, width]`, if the options asked for it.
    package var pictureGradient: [Float]? {
        inputGradient.map { unsafe Array(arena.floats(of: $0.buffer)) }
    }

    /// Bytes of activations, their gradients and scratch memory.
    public var activationByteCount: Int { arena.byteCount }

    /// Runs once, and tells what each step took.
    package func runMeasured(
        _ loss: Loss,
        completed: (Int) -> Void = { _ in }
    ) throws(EngineError) -> [StepMeasurement] {
        let clock = ContinuousClock()
        let beginning = clock.now
        var measurements: [StepMeasurement] = []
        func measure(_ range: Range<Int>) throws(EngineError) {
            for index in range {
                let step = planner.planner.steps[index]
                let start = clock.now
                try work[index]()
                measurements.append(
                    StepMeasurement(
                        step,
                        byteCount: planner.planner.byteCount(of: step),
                        start: start - beginning,
                        duration: clock.now - start
                    )
                )
                if index >= forwardCount { completed(index) }
            }
        }
        if areKernelsStale {
            for copy in planner.kernelCopies { try copy.refresh() }
            areKernelsStale = false
        }
        measurements.append(
            StepMeasurement(
                "reorder weights",
                node: "all",
                implementation: "reorder",
                start: .zero,
                duration: clock.now - beginning
            )
        )
        try measure(0..<forwardCount)
        let start = clock.now
        unsafe loss(
            UnsafeBufferPointer(arena.floats(of: logitsPlace.buffer)),
            arena.floats(of: logitsGradient.buffer)
        )
        measurements.append(
            StepMeasurement(
                "loss",
                node: "loss",
                implementation: "kernel",
                start: start - beginning,
                duration: clock.now - start
            )
        )
        try measure(forwardCount..<work.count)
        return measurements
    }
}
