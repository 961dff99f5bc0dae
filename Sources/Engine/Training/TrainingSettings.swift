/// Everything that decides how a model is trained, but the model and the data.
public struct TrainingSettings: Sendable {
    /// The arithmetic and the use of memory.
    public var options = TrainingOptions()
    /// What is minimised.
    public var loss = LossSettings()
    /// The learning rate at each step.
    public var learningRate: LearningRate
    /// DropBlock's keep probability; nil for no DropBlock.
    public var keepProbability: KeepProbability?
    /// How much of the last step's direction survives.
    public var momentum: Float = 0.9
    /// Whether steps are taken from where the momentum would lead (Nesterov).
    public var looksAhead = false
    /// What the loss is multiplied with before its gradient is taken, and the gradient divided by.
    public var lossScale: Float = 1
    /// The largest norm of all gradients together; nil for no limit.
    public var largestGradientNorm: Float?
    /// How pictures are mixed.
    public var mixup = Mixup.none
    /// Whether the second half of ``Mixup/twice`` has the published code's targets for the teacher.
    public var mixesLabelsIntoTeacher = true
    /// How much of the averages of all weights survives a step; nil for no averages.
    public var averageDecay: Double?
    /// Which parameters stay what they are, moving statistics among them.
    public var isFrozen: @Sendable (ParameterKey) -> Bool = { _ in false }
    /// The learning rate of a parameter, as a share of the rate of all.
    public var rateFactor: @Sendable (ParameterKey) -> Float = { _ in 1 }
    /// How gradients of several parts are added up.
    public var sumType = SumType.float32
    /// The bytes of gradients that ranks add up together, while the backward pass goes on; 0 to add all of them behind it.
    ///
    /// No result depends on it.
    public var bucketBytes = 4 << 20
    /// Decides mixtures and what DropBlock drops.
    public var seed: UInt64 = 0

    /// Momentum 0.9 and softmax cross entropy, nothing else.
    public init(learningRate: LearningRate) {
        self.learningRate = learningRate
    }
}
