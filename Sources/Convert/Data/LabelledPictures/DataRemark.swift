internal import Checkpoint

/// Something about a data set that whoever uses it should know, a sentence.
public struct DataRemark: Equatable, Sendable {
    /// Whether it may change the figures.
    public let isWarning: Bool
    /// The sentence.
    public let text: String

    /// Something worth knowing.
    public static func note(_ text: String) -> DataRemark {
        DataRemark(isWarning: false, text: text)
    }

    /// Something that may change the figures.
    public static func warning(_ text: String) -> DataRemark {
        DataRemark(isWarning: true, text: text)
    }
}

extension Sequence<String> {
    /// A few of the names, and how many others there are.
    func shortList(_ count: Int = 5) -> String {
        let all = Array(self)
        let shown = all.prefix(count).map { "\(ByteName($0))" }.joined(separator: ", ")
        return all.count > count ? "\(shown) and \(all.count - count) others" : shown
    }
}
