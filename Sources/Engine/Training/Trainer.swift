internal import Base

/// Trains a model, step by step.
///
/// Each step: fill the place that ``withPictures(_:)`` lends, then call ``step(labels:teacherLogits:mixture:)``. To
/// take one step for several batches, call ``accumulate(labels:teacherLogits:mixture:)`` for all but the last. Used by
/// one thread at a time, always the same.
@safe
public final class Trainer {
    /// What a step did.
    public struct Report: Sendable {
        /// The step, counted from 0.
        public let step: Int
        /// The loss before the step; the mean over the batches that were accumulated.
        public let loss: LossTerms
        /// The learning rate.
        public let learningRate: Float
        /// DropBlock's keep probability.
        public let keepProbability: Float?
        /// The norm of all gradients together, with the penalty's, before it is limited.
        public let gradientNorm: Double
        /// Whether the parameters were changed; they are not where the loss or a gradient is not a number.
        public let isApplied: Bool
    }

    /// The choices.
    public let settings: TrainingSettings
    /// The pictures that one batch is trained on, behind mixing.
    public let batch: Int
    /// The classes.
    public var classes: Int { plan.classes }
    /// The pictures that are drawn for one batch, before mixing.
    public let drawnCount: Int
    /// The steps taken so far: the number of the next one.
    public private(set) var step = 0
    /// The logits of the last batch that this rank computed, `[batch, class]`.
    public private(set) var logits: [Float] = []

    /// Whether the parts of steps are measured.
    public var isMeasured = false
    /// What the parts of the last batch took, where they were measured.
    public private(set) var measurements: [StepMeasurement] = []

    private let plan: TrainingPlan
    private let descent: MomentumDescent
    private let average: WeightAverage?
    /// The pictures before mixing.
    private let drawn: Storage?
    private let pictureCount: Int
    private var accumulated: (batches: Int, loss: LossTerms, sums: [Storage]) = (0, LossTerms(), [])
    private let ranks: any Communicator
    /// The sums over all ranks; nil for one that works alone, unless parts are rounded.
    private let shared: SharedGradients?

    /// Prepares a model.
    ///
    /// - Parameters:
    ///   - graph: The model; built with DropBlock if the settings have a keep probability.
    ///   - weights: The values to start from.
    ///   - batch: The pictures that one batch is trained on, behind mixing.
    ///   - settings: How it is trained.
    ///   - ranks: Those who train it together; each takes as many batches in a step, in turn.
    /// - Throws: ``EngineError``.
    public init(
        _ graph: Graph,
        weights: Weights,
        batch: Int,
        settings: TrainingSettings,
        ranks: any Communicator = Alone()
    ) throws(EngineError) {
        let store = try ParameterStore(graph, weights: weights, isFrozen: settings.isFrozen)
        plan = try TrainingPlan(graph, parameters: store, batch: batch, options: settings.options)
        descent = MomentumDescent(
            store,
            settings: MomentumDescent.Settings(
                momentum: settings.momentum,
                looksAhead: settings.looksAhead,
                weightDecay: Float(settings.loss.weightDecay),
                largestNorm: settings.largestGradientNorm,
                rateFactor: settings.rateFactor
            )
        )
        average = settings.averageDecay.map { WeightAverage(store, decay: $0) }
        self.settings = settings
        self.batch = batch
        drawnCount = settings.mixup.drawnCount(for: batch)
        pictureCount = graph.input.count
        drawn =
            settings.mixup == .none
            ? nil : Storage(byteCount: drawnCount * pictureCount * MemoryLayout<Float>.stride)
        self.ranks = ranks
        let sharesGradients = ranks.count > 1 || settings.sumType != .float32
        shared =
            sharesGradients
            ? SharedGradients(plan, ranks, settings.sumType, bucketBytes: settings.bucketBytes)
            : nil
    }

    /// Throws where a graph's parameters, and what belongs to them, are more than memory holds; to be asked before values
    /// are drawn.
    ///
    /// - Throws: ``EngineError/memory(needed:available:)``.
    public static func requireMemory(for graph: Graph) throws(EngineError) {
        // The values, those they begin as, gradients and slots.
        try SystemMemory.require(4 * graph.parameterByteCount)
    }

    /// Lends the place of the next batch's pictures: planar float32, `[drawn, channel, height, width]`, means subtracted.
    ///
    /// It holds ``drawnCount`` pictures, and must be filled again before each batch.
    public func withPictures<Result>(
        _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result
    ) rethrows -> Result {
        if let drawn { return try unsafe body(drawn.floats) }
        return try unsafe plan.withInput(body)
    }

    /// Takes a step with the batch that was filled in, and those accumulated before it.
    ///
    /// - Parameters:
    ///   - labels: The class of each picture drawn.
    ///   - teacherLogits: `[drawn, class]`, where the settings distil.
    ///   - mixture: Stated weights for mixing in place of drawn ones.
    /// - Returns: what it did.
    /// - Throws: ``EngineError``.
    public func step(
        labels: [Int],
        teacherLogits: [Float]? = nil,
        mixture: MixupWeights? = nil
    ) throws(EngineError) -> Report {
        try accumulate(labels, teacherLogits, mixture, isLast: true)
        let batches = accumulated.batches * ranks.count
        var loss = accumulated.loss
        loss.crossEntropy /= Double(batches)
        loss.distillation /= Double(batches)
        loss.weightDecay = settings.loss.weightDecay * plan.parameters.halfSquareSum
        let rate = settings.learningRate.rate(at: step)
        if shared == nil, batches > 1 { useAccumulatedGradients() }
        let scale = 1 / settings.lossScale / Float(batches)
        let norm = agreed(descent.norm(scale: scale))
        let isApplied = loss.total.isFinite && norm.isFinite
        plan.updateMovingStatistics()
        if isApplied {
            descent.step(rate: rate, scale: scale, norm: norm)
            plan.parametersChanged()
            average?.update()
        }
        accumulated.batches = 0
        accumulated.loss = LossTerms()
        let report = Report(
            step: step,
            loss: loss,
            learningRate: rate,
            keepProbability: settings.keepProbability?.value(at: step),
            gradientNorm: norm,
            isApplied: isApplied
        )
        step += 1
        return report
    }

    /// Finds the gradient of the batch that was filled in, for a later step.
    ///
    /// - Throws: ``EngineError``.
    public func accumulate(
        labels: [Int],
        teacherLogits: [Float]? = nil,
        mixture: MixupWeights? = nil
    ) throws(EngineError) {
        try accumulate(labels, teacherLogits, mixture, isLast: false)
    }

    private func accumulate(
        _ labels: [Int],
        _ teacherLogits: [Float]?,
        _ mixture: MixupWeights?,
        isLast: Bool
    ) throws(EngineError) {
        precondition(labels.count == drawnCount, "\(labels.count) labels for \(drawnCount)")
        if shared == nil, accumulated.batches > 0 { keepGradients() }
        var random = RandomNumbers(
            seed: settings.seed,
            step: step,
            part: accumulated.batches * ranks.count + ranks.rank
        )
        let targets = mixedTargets(labels, teacherLogits, mixture, &random)
        drawDropBlock(&random)
        let (settings, scale) = (settings.loss, Double(settings.lossScale))
        var terms = LossTerms()
        var logits: [Float] = []
        let loss: TrainingPlan.Loss = { values, gradient in
            unsafe logits = Array(values)
            unsafe terms = settings.evaluate(values, targets, scale: scale, gradient: gradient)
        }
        shared?.begin(.init(isFirst: accumulated.batches == 0, isLast: isLast))
        let completed = { (step: Int) in if let shared = self.shared { shared.completed(step) } }
        if isMeasured {
            measurements = try unsafe plan.runMeasured(loss, completed: completed)
        } else {
            try unsafe plan.run(loss, completed: completed)
        }
        self.logits = logits
        accumulated.batches += 1
        guard let shared else {
            accumulated.loss.crossEntropy += terms.crossEntropy
            accumulated.loss.distillation += terms.distillation
            plan.countStatistics()
            return
        }
        finish(shared)
        for (crossEntropy, distillation) in ranks.gatherEverywhere(
            terms.crossEntropy,
            terms.distillation
        ) {
            accumulated.loss.crossEntropy += crossEntropy
            accumulated.loss.distillation += distillation
        }
    }

    private func finish(_ shared: SharedGradients) {
        let before = shared.waitingTime
        shared.finish()
        guard isMeasured, let last = measurements.last else { return }
        measurements.append(
            StepMeasurement(
                "wait for the sum over ranks",
                node: "all",
                implementation: "ranks",
                start: last.start + last.duration,
                duration: shared.waitingTime - before
            )
        )
        measurements += shared.measurements
    }

    /// How long this rank has waited for sums over all ranks, or added itself with nothing else to do.
    public var summingTime: Duration { shared?.waitingTime ?? .zero }

    /// The first rank's number, at every rank: processors of different kinds may round sums otherwise.
    private func agreed(_ norm: Double) -> Double {
        guard shared != nil else { return norm }
        return ranks.gatherEverywhere(norm, 0).first?.0 ?? norm
    }

    /// Forgets the batches that were accumulated for the next step, as if there had been none.
    public func abandonStep() {
        guard accumulated.batches > 0 else { return }
        accumulated.batches = 0
        accumulated.loss = LossTerms()
        plan.forgetStatistics()
    }

    private func mixedTargets(
        _ labels: [Int],
        _ teacherLogits: [Float]?,
        _ mixture: MixupWeights?,
        _ random: inout RandomNumbers
    ) -> Targets {
        let targets = Targets(
            labels: labels,
            teacherLogits: teacherLogits,
            classes: classes,
            settings: settings.loss
        )
        guard let drawn, let source = unsafe drawn.floats.baseAddress else { return targets }
        let weights =
            mixture ?? MixupWeights(settings.mixup, drawn: drawnCount, using: &random)
        let recipe = settings.mixup.recipe(drawn: drawnCount, weights)
        unsafe plan.withInput { input in
            guard let target = input.baseAddress else { return }
            unsafe settings.mixup.mix(source, into: target, count: pictureCount, recipe)
        }
        return settings.mixup.mix(
            targets,
            recipe,
            mixesLabelsIntoTeacher: settings.mixesLabelsIntoTeacher
        )
    }

    private func drawDropBlock(_ random: inout RandomNumbers) {
        guard let schedule = settings.keepProbability else { return }
        let probability = schedule.value(at: step)
        for mask in plan.dropBlockMasks {
            let noise = (0..<mask.noiseCount).map { _ in random.uniformFloat() }
            mask.draw(keepProbability: probability, noise: noise)
        }
    }

    /// Adds the last backward pass's gradients to those before.
    private func keepGradients() {
        let trained = plan.parameters.parameters.filter(\.isTrained)
        if accumulated.sums.isEmpty {
            accumulated.sums = trained.map { Storage(byteCount: $0.gradient.byteCount) }
        }
        for (parameter, sum) in zip(trained, accumulated.sums) {
            if accumulated.batches == 1 { unsafe sum.floats.update(repeating: 0) }
            parameter.addGradient(to: sum)
        }
    }

    private func useAccumulatedGradients() {
        let trained = plan.parameters.parameters.filter(\.isTrained)
        for (parameter, sum) in zip(trained, accumulated.sums) { parameter.addToGradient(sum) }
    }

    /// A copy of all values as they are now.
    public var weights: Weights { plan.parameters.weights }

    /// The gradient of a parameter that the last step used, for tests and histograms.
    package func gradient(of key: ParameterKey) -> [Float]? {
        plan.parameters[key].map(\.gradientValues)
    }

    /// The optimiser's memory of each trained parameter, called `Momentum` in checkpoints.
    public var slots: [(key: ParameterKey, tensor: WeightTensor)] { descent.slots }

    /// A copy of a parameter's values; nil for what is no parameter.
    public func value(of key: ParameterKey) -> WeightTensor? { plan.parameters[key]?.tensor }

    /// A copy of the optimiser's memory of a parameter; nil for what is not trained.
    public func slot(of key: ParameterKey) -> WeightTensor? { descent.slot(of: key) }

    /// A copy of a parameter's average; nil for what is not trained, and where the settings ask for no averages.
    public func average(of key: ParameterKey) -> WeightTensor? { average?.value(of: key) }

    /// The average of each trained parameter, if the settings ask for averages.
    public var averages: [(key: ParameterKey, tensor: WeightTensor)] { average?.values ?? [] }

    /// Bytes of activations, their gradients and scratch memory.
    public var activationByteCount: Int { plan.activationByteCount }

    /// Takes up a training where another one ended.
    ///
    /// - Parameters:
    ///   - step: The steps taken before.
    ///   - slots: The optimiser's memory; what is missing begins at 0.
    ///   - averages: The averages; what is missing begins at the parameter's value.
    /// - Returns: how many parameters had a slot.
    @discardableResult
    public func resume(
        at step: Int,
        slots: Weights,
        averages: Weights = Weights()
    ) -> Int {
        self.step = step
        average?.restore(averages)
        return descent.restore(slots)
    }

    /// Does the work of a step without changing anything, and tells what each part took.
    package func measure(labels: [Int]) throws(EngineError) -> [StepMeasurement] {
        var random = RandomNumbers(seed: settings.seed, step: step, part: 0)
        let targets = mixedTargets(labels, nil, nil, &random)
        let settings = settings.loss
        return try unsafe plan.runMeasured { values, gradient in
            _ = unsafe settings.evaluate(values, targets, scale: 1, gradient: gradient)
        }
    }
}
