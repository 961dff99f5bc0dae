internal import Engine

/// A part of an evaluation: what it is of, how far it has come, and what it has counted.
public struct PartialEvaluation: Equatable, Sendable {
    /// Something that was settled, such as `preprocessing` and `imagenet_224_256a`.
    public struct Fact: Equatable, Sendable, Codable {
        /// What it is.
        public let name: String
        /// The value as text.
        public let value: String

        /// A fact.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// What decides the figures; parts that differ in any of it do not belong together.
    public var settings: [Fact]
    /// What else is told of an evaluation, and decides nothing.
    public var remarks: [Fact]
    /// Which part it is, from 0.
    public var part: Int
    /// How many parts there are.
    public var parts: Int
    /// The place in the data from which it goes on.
    public var position = 0
    /// Whether the part is done.
    public var isComplete = false
    /// Pictures that were left out as corrupt.
    public var skipped = 0
    /// The place of the last of them, if there is one.
    public var lastSkipped: Int?
    /// How long it has taken, in seconds.
    public var seconds = 0.0
    /// What was counted.
    public var scores = PartialScores()

    /// A part that has not begun.
    public init(settings: [Fact], remarks: [Fact], part: Int = 0, of parts: Int = 1) {
        self.settings = settings
        self.remarks = remarks
        self.part = part
        self.parts = parts
    }

    /// The value of a setting or remark.
    public func value(of name: String) -> String? {
        (settings + remarks).first { $0.name == name }?.value
    }

    /// Why two do not belong to one evaluation, half a sentence; nil where they do.
    public func contradiction(with other: PartialEvaluation) -> String? {
        for fact in settings {
            guard let found = other.settings.first(where: { $0.name == fact.name }) else {
                return "only one of them has \(fact.name): \(fact.value)"
            }
            if found.value != fact.value {
                return "\(fact.name) is \(fact.value) in one and \(found.value) in the other"
            }
        }
        let names = settings.map(\.name)
        if let fact = other.settings.first(where: { !names.contains($0.name) }) {
            return "only one of them has \(fact.name): \(fact.value)"
        }
        if parts != other.parts {
            return "one is of \(parts) parts and the other of \(other.parts)"
        }
        return scores.contradiction(with: other.scores)
    }

    /// All parts as one.
    ///
    /// - Parameters:
    ///   - parts: The parts, each with the path of its file.
    ///   - mayBeOpen: Whether they need not be done.
    /// - Returns: What one run over all pictures would have counted.
    /// - Throws: ``ConversionError/strangers(_:)`` where they do not belong together, one is not done, twice there, or
    ///   missing.
    public static func merged(
        _ parts: [(path: String, part: PartialEvaluation)],
        mayBeOpen: Bool = false
    ) throws(ConversionError) -> PartialEvaluation {
        guard let (firstPath, first) = parts.first else { throw .strangers("no files to merge") }
        var paths: [Int: String] = [:]
        for (path, part) in parts {
            if let reason = first.contradiction(with: part) {
                throw .strangers(
                    "\(firstPath) and \(path): these are not parts of one evaluation: \(reason)"
                )
            }
            if let other = paths[part.part] {
                throw .strangers(
                    "\(other) and \(path): both are part \(part.part)/\(part.parts)"
                )
            }
            guard part.isComplete || mayBeOpen else {
                throw .strangers(
                    "\(path): part \(part.part)/\(part.parts) is not done; --resume goes on with it"
                )
            }
            paths[part.part] = path
        }
        // A file may state any number.
        let missing = first.parts - parts.count
        guard missing == 0 else {
            let shown = (0..<first.parts).lazy.filter { paths[$0] == nil }.prefix(5)
            throw .strangers(
                "\(missing) of \(first.parts) parts are missing: "
                    + shown.map { "\($0)/\(first.parts)" }.joined(separator: ", ")
                    + (missing > 5 ? " and others" : "")
            )
        }
        var whole = first
        for (_, part) in parts.dropFirst() {
            whole.scores.merge(part.scores)
            whole.skipped += part.skipped
            whole.seconds += part.seconds
        }
        whole.part = 0
        whole.parts = 1
        return whole
    }
}
