public import Proto

/// What can be wrong with a teacher's logits.
public enum DistillationError: Error, Equatable, Sendable {
    /// A record has no logits in any form.
    case noLogits
    /// A feature of a record, or a row of a file, has another number of values than there are classes.
    case wrongCount(feature: String, expected: Int, found: Int)
    /// A feature holds something else than it should.
    case wrongKind(feature: String, expected: String)
    /// A class that the student does not have.
    case wrongClass(feature: String, class: Int64, classes: Int)
    /// A class that is listed twice.
    case doubledClass(feature: String, class: Int)
    /// A logit is infinite or not a number.
    case notFinite(feature: String, class: Int)
    /// A logit is beyond what float16 can hold.
    case beyondHalf(class: Int, value: Float)
    /// A record is no Example.
    case proto(ProtoError)
    /// A file of logits has no rows.
    case noRows(path: String)
    /// Rows that are missing, doubled or misshapen, a sentence each, and how many more there are.
    case rows([String], more: Int)
    /// The temporary file cannot be made, written or read.
    case temporaryFile(String)
}

extension DistillationError: CustomStringConvertible {
    /// One sentence that a user can act on.
    public var description: String {
        switch self {
        case .noLogits:
            "there is no \(TeacherLogits.full), and none of its shorter forms"
        case .wrongCount(let feature, let expected, let found):
            "expected \(expected) numbers in \(feature), found \(found)"
        case .wrongKind(let feature, let expected): "expected \(expected) in \(feature)"
        case .wrongClass(let feature, let number, let classes):
            "\(feature) names class \(number), but there are \(classes) (0...\(classes - 1))"
        case .doubledClass(let feature, let number): "\(feature) names class \(number) twice"
        case .notFinite(let feature, let number):
            "the logit of class \(number) in \(feature) is no finite number"
        case .beyondHalf(let number, let value):
            "the logit of class \(number) is \(value), which float16 cannot hold"
        case .proto(let error): "\(error)"
        case .noRows(let path): "\(path): there are no logits in it"
        case .rows(let lines, let more):
            (lines + (more > 0 ? ["and \(more) more"] : [])).joined(separator: "\n")
        case .temporaryFile(let reason): "the temporary file of the logits: \(reason)"
        }
    }
}
