public import Base

/// What weights come down to in a plan: folded, and in the layouts that the primitives want.
///
/// A plan that is given pieces of an earlier, equal plan takes them as they are and needs no weights. What it does not
/// find, or finds in another layout, it makes from the weights. Afterwards ``pieces`` holds all that it uses.
public final class PreparedWeights {
    /// One piece of memory.
    public struct Piece {
        /// The node and what it is to it, such as `group1/block0/0/conv.kernel`; unique in a plan.
        public let name: String
        /// How values are arranged in it, in words that are equal for equal layouts.
        public let layout: String
        /// The values.
        public let bytes: OwnedBytes

        /// A piece as it was made earlier.
        ///
        /// - Precondition: `bytes` begin at a multiple of 64.
        public init(name: String, layout: String, bytes: OwnedBytes) {
            self.name = name
            self.layout = layout
            self.bytes = bytes
        }
    }

    /// The pieces that the plan uses, in the order in which it asked for them.
    public private(set) var pieces: [Piece] = []
    /// Whether any of them had to be made.
    public private(set) var isNew = false
    private let known: [String: Piece]

    /// Pieces of an earlier plan, or none.
    public init(_ pieces: [Piece] = []) {
        known = Dictionary(pieces.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    }

    /// The piece of a name and layout, made where there is none.
    func storage(
        _ name: String,
        layout: String,
        byteCount: Int,
        make: () throws(EngineError) -> Storage
    ) throws(EngineError) -> Storage {
        if let piece = known[name], piece.layout == layout, piece.bytes.count == byteCount {
            pieces.append(piece)
            return piece.bytes.storage
        }
        let storage = try make()
        precondition(storage.byteCount == byteCount, "\(name): \(storage.byteCount) bytes")
        isNew = true
        pieces.append(Piece(name: name, layout: layout, bytes: OwnedBytes(storage)))
        return storage
    }
}

extension Planner {
    /// What a node's weights come down to, in a layout that words tell: from an earlier plan, or made.
    func prepared(
        _ node: String,
        _ what: String,
        layout: String,
        byteCount: Int,
        make: () throws(EngineError) -> Storage
    ) throws(EngineError) -> Storage {
        guard let prepared = options.prepared else { return try make() }
        return try prepared.storage(
            "\(node).\(what)",
            layout: layout,
            byteCount: byteCount,
            make: make
        )
    }

    /// A number for each channel, in float32, from an earlier plan or made.
    func preparedVector(
        _ node: String,
        _ what: String,
        count: Int,
        make: () throws(EngineError) -> [Float]
    ) throws(EngineError) -> Storage {
        let layout = try wrapped { () throws(OneDNNError) in
            try MemoryDescriptor.vector(count)
        }
        return try prepared(
            node,
            what,
            layout: layout.layoutText,
            byteCount: layout.byteCount
        ) { () throws(EngineError) in
            let storage = Storage(byteCount: layout.byteCount)
            _ = unsafe storage.floats.update(fromContentsOf: try make())
            return storage
        }
    }
}
