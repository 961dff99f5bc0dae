internal import Proto

/// A network as it is drawn: boxes in scopes, and what goes from one to another.
///
/// What a name is made of is a tree of numbers, so that names with equal looks stay apart; texts are cut to what a page shows.
public struct DrawnGraph: Sendable {
    /// A part of names that several boxes have in common.
    public struct Scope: Sendable, Equatable {
        /// The part of the name.
        public let label: String
        /// The number of the scope around it; nil for one that is outermost.
        public let parent: Int?
    }

    /// Where an input comes from.
    public struct Source: Sendable, Equatable {
        /// The number of the box; nil for one that is not drawn.
        public let node: Int?
        /// Which of its outputs.
        public let output: Int
        /// What the input is called by the operation that takes it, or by the file where the box is not drawn.
        public let name: String
    }

    /// A tensor that an operation takes and that is not computed.
    public struct Weight: Sendable, Equatable {
        /// What it is to the operation, such as `filter`.
        public let role: String
        /// Its number among the drawing's tensors.
        public let tensor: Int
    }

    /// A box.
    public struct Node: Sendable {
        /// The number of the scope that it stands in; nil outside of all.
        public var scope: Int?
        /// The rest of its name.
        public var label: String
        /// What it computes, as its file calls it.
        public var operation: String
        /// What kind of thing that is.
        public var kind: OperationKind
        /// Where its inputs come from, but for weights.
        public var inputs: [Source] = []
        /// The boxes that it waits for without taking anything.
        public var controls: [Int] = []
        /// Its attributes, as text.
        public var attributes: [(name: String, value: String)] = []
        /// The type and the shape of each output, as far as they are known.
        public var outputs: [String] = []
        /// The tensors that it takes.
        public var weights: [Weight] = []
        /// The name of the function that it calls.
        public var called: String?
        /// Inputs that are not listed, as they are too many.
        public var inputsLeftOut = 0
    }

    /// What is drawn, for whoever chooses among several.
    public let name: String
    /// A sentence about it.
    public var note = ""
    /// The scopes; each stands behind the one around it.
    public internal(set) var scopes: [Scope] = []
    /// The boxes, in the order of the file.
    public internal(set) var nodes: [Node] = []
    /// How many boxes are not drawn.
    public internal(set) var leftOut = 0

    private struct Key: Hashable {
        let parent: Int?
        let label: Name
    }
    private var numbers: [Key: Int] = [:]
    /// The kinds of operations that were asked for.
    private var kinds: [Name: OperationKind] = [:]

    /// Levels of scopes; deeper names keep the rest of their slashes.
    private static let depthLimit = 24
    /// The most inputs of a box that are listed.
    package static let inputLimit = 500

    /// A drawing without boxes.
    package init(name: String) { self.name = DrawnText.clipped(name) }

    /// The parts of a name; a slash at its start parts nothing.
    package static func parts(_ name: String) -> [String] {
        var bytes = name.utf8[...]
        while bytes.first == UInt8(ascii: "/"), bytes.count > 1 { bytes = bytes.dropFirst() }
        return bytes.split(
            separator: UInt8(ascii: "/"),
            maxSplits: depthLimit,
            omittingEmptySubsequences: false
        ).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The number of the scope of some parts, made where it is not there yet; nil for no parts.
    package mutating func scope(_ parts: some Sequence<String>) -> Int? {
        var parent: Int?
        for part in parts {
            let key = Key(parent: parent, label: Name(part))
            if let number = numbers[key] {
                parent = number
                continue
            }
            numbers[key] = scopes.count
            scopes.append(Scope(label: DrawnText.clipped(part), parent: parent))
            parent = scopes.count - 1
        }
        return parent
    }

    /// The number of a scope that is there already.
    package func knownScope(_ parts: some Sequence<String>) -> Int? {
        var parent: Int?
        for part in parts {
            guard let number = numbers[Key(parent: parent, label: Name(part))] else { return nil }
            parent = number
        }
        return parent
    }

    /// The kind of an operation.
    package mutating func kind(of operation: String) -> OperationKind {
        if let known = kinds[Name(operation)] { return known }
        let kind = OperationKind(operation)
        kinds[Name(operation)] = kind
        return kind
    }

    /// Adds a box under its whole name.
    ///
    /// - Returns: Its number.
    @discardableResult
    package mutating func add(_ name: String, _ operation: String, _ kind: OperationKind) -> Int {
        let parts = Self.parts(name)
        let scope = scope(parts.dropLast())
        nodes.append(
            Node(
                scope: scope,
                label: DrawnText.clipped(parts.last ?? ""),
                operation: DrawnText.clipped(operation),
                kind: kind
            )
        )
        return nodes.count - 1
    }

    /// Moves boxes that are called like a scope into it.
    mutating func moveIntoScopes(_ names: [(node: Int, name: String)]) {
        for (node, name) in names {
            if let scope = knownScope(Self.parts(name)) { nodes[node].scope = scope }
        }
    }
}
