/// A tool of the suite, which is called as `reassemble NAME`.
public enum SuiteTool: String, CaseIterable, Sendable {
    /// What a file holds.
    case inspect
    /// How good a network is.
    case eval
    /// A network in other formats.
    case convert
    /// Training.
    case finetune
    /// A teacher's logits in records.
    case distillLogits = "distill-logits"
    /// Records of pictures.
    case makeRecords = "make-records"

    /// What the tool does, in one sentence without its period.
    public var summary: String {
        switch self {
        case .inspect:
            "see what a checkpoint, graph, record file or array file holds, without TensorFlow"
        case .eval: "measure a TensorFlow 1 network on labelled pictures, without TensorFlow"
        case .convert: "hand the weights of a network on in another format, and prove it"
        case .finetune:
            "train a network of the family, and leave checkpoints that TensorFlow restores"
        case .distillLogits:
            "write TFRecords anew with a teacher's logits in them, image/logit"
        case .makeRecords:
            "make TFRecords of a data set's pictures, as the published builders do"
        }
    }
}
