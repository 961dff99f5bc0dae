/// Data or a checkpoint that a training cannot use.
public enum TrainingError: Error, Equatable, Sendable {
    /// Neither record files of this pattern nor folders of pictures are there.
    case noData(folder: String, pattern: String)
    /// The data hold no picture at all.
    case noPictures(String)
    /// A picture's label is no class of the model.
    case label(origin: String, label: Int, classes: Int)
    /// A checkpoint's step counter is missing or is no counter.
    case noStep(path: String)
    /// What is known of a training beside its checkpoint cannot be understood.
    case malformedProgress(path: String, reason: String)
    /// A file beside a checkpoint cannot be written, copied or deleted.
    case file(path: String, reason: String)
}

extension TrainingError: CustomStringConvertible {
    /// One sentence that a user can act on.
    public var description: String {
        switch self {
        case .noData(let folder, let pattern):
            "\(folder): no file matches '\(pattern)', and there are no folders of pictures"
        case .noPictures(let folder): "\(folder): there is no picture in it"
        case .label(let origin, let label, let classes):
            "\(origin): label \(label) is outside the model's \(classes) classes (0...\(classes - 1))"
        case .noStep(let path):
            "\(path): there is no \(VariableNames.globalStep), so this is no checkpoint of a training; "
                + "begin with it by --pretrained-model-checkpoint-path"
        case .malformedProgress(let path, let reason): "\(path): \(reason)"
        case .file(let path, let reason): "\(path): \(reason)"
        }
    }
}
