internal import Proto

/// Names with slashes as a tree, with what lies under each.
public struct TensorTree: Sendable {
    /// A line of the tree.
    public enum Line: Equatable, Sendable {
        /// A part of names: how many tensors are under it, and their bytes.
        case folder(name: String, count: Int, bytes: Int64)
        /// The last part of a name, and the tensor's number.
        case tensor(name: String, index: Int)
    }

    private var names: [String] = []
    private var children: [Name: TensorTree] = [:]
    private var tensors: [(name: String, index: Int, bytes: Int64)] = []
    private var count = 0
    private var bytes: Int64 = 0

    /// Levels of the tree; deeper names keep the rest of their slashes.
    private static let depthLimit = 24

    /// A tree without names.
    public init() {}

    /// Adds a tensor.
    public mutating func insert(_ name: String, index: Int, bytes: Int64) {
        let parts = name.utf8.split(
            separator: UInt8(ascii: "/"),
            maxSplits: Self.depthLimit,
            omittingEmptySubsequences: false
        ).map { String(Substring($0)) }
        insert(parts[...], index, bytes)
    }

    private mutating func insert(_ parts: ArraySlice<String>, _ index: Int, _ size: Int64) {
        count += 1
        bytes = bytes.addingReportingOverflow(size).partialValue
        guard let first = parts.first, parts.count > 1 else {
            tensors.append((parts.first ?? "", index, size))
            return
        }
        if children[Name(first)] == nil { names.append(first) }
        children[Name(first), default: TensorTree()].insert(parts.dropFirst(), index, size)
    }

    /// Calls `body` with each line and its depth: tensors of a level first, then what is below it, in the order of insertion.
    ///
    /// - Parameters:
    ///   - bySize: Whether what has most bytes comes first.
    ///   - body: Takes a depth and a line.
    public func forEachLine(bySize: Bool = false, _ body: (Int, Line) -> Void) {
        visit(0, bySize, body)
    }

    private func visit(_ depth: Int, _ bySize: Bool, _ body: (Int, Line) -> Void) {
        for tensor in bySize ? tensors.sorted(by: { $0.bytes > $1.bytes }) : tensors {
            body(depth, .tensor(name: tensor.name, index: tensor.index))
        }
        let below = names.compactMap { name in children[Name(name)].map { (name: name, tree: $0) } }
        for (name, tree) in bySize ? below.sorted(by: { $0.tree.bytes > $1.tree.bytes }) : below {
            body(depth, .folder(name: name, count: tree.count, bytes: tree.bytes))
            tree.visit(depth + 1, bySize, body)
        }
    }
}
