internal import Base
internal import COneDNN

/// An argument of a primitive in a plan: what it is to the primitive, and where it lies.
struct Operand {
    /// Where an operand lies.
    enum Home {
        case read(buffer: Int)
        case written(buffer: Int)
        case kept(Storage)
    }

    let place: Primitive.Place
    let home: Home
    let descriptor: MemoryDescriptor

    /// An activation that the primitive reads.
    static func reads(
        _ place: Primitive.Place,
        _ activation: Activation,
        _ descriptor: MemoryDescriptor
    ) -> Operand {
        Operand(place: place, home: .read(buffer: activation.buffer), descriptor: descriptor)
    }

    /// An activation that the primitive writes.
    static func writes(
        _ place: Primitive.Place,
        _ activation: Activation,
        _ descriptor: MemoryDescriptor
    ) -> Operand {
        Operand(place: place, home: .written(buffer: activation.buffer), descriptor: descriptor)
    }

    /// Memory outside the plan's arena.
    ///
    /// - Precondition: it is as large as its layout.
    static func kept(
        _ place: Primitive.Place,
        _ storage: Storage,
        _ descriptor: MemoryDescriptor
    ) -> Operand {
        precondition(
            storage.byteCount >= descriptor.byteCount,
            "\(storage.byteCount) bytes for a layout of \(descriptor.byteCount)"
        )
        return Operand(place: place, home: .kept(storage), descriptor: descriptor)
    }
}

extension Primitive.Place {
    static let mean = Primitive.Place(index: DNNL_ARG_MEAN)
    static let variance = Primitive.Place(index: DNNL_ARG_VARIANCE)
    static let scale = Primitive.Place(index: DNNL_ARG_SCALE)
    static let shift = Primitive.Place(index: DNNL_ARG_SHIFT)
    static let workspace = Primitive.Place(index: DNNL_ARG_WORKSPACE)
    static let sourceGradient = Primitive.Place(index: DNNL_ARG_DIFF_SRC)
    static let destinationGradient = Primitive.Place(index: DNNL_ARG_DIFF_DST)
    static let weightsGradient = Primitive.Place(index: DNNL_ARG_DIFF_WEIGHTS)
    static let biasGradient = Primitive.Place(index: DNNL_ARG_DIFF_BIAS)
    static let scaleGradient = Primitive.Place(index: DNNL_ARG_DIFF_SCALE)
    static let shiftGradient = Primitive.Place(index: DNNL_ARG_DIFF_SHIFT)
}

extension Planner {
    /// Appends a oneDNN primitive, which is called by the kind of its node where no other is given.
    ///
    /// The step keeps memory outside the arena alive.
    ///
    /// - Throws: ``EngineError/oneDNN(_:)``.
    func append(
        _ node: Node,
        kind: String? = nil,
        _ descriptor: PrimitiveDescriptor,
        operations: Int,
        _ operands: [Operand]
    ) throws(EngineError) {
        let processor = processor
        let primitive = try wrapped { () throws(OneDNNError) in
            try Primitive(descriptor, on: processor)
        }
        let scratchpad = descriptor.scratchpad
        reserveScratchpad(byteCount: scratchpad?.byteCount ?? 0)
        append(
            Step(
                node: node.name,
                kind: kind ?? node.layer.kind,
                implementation: descriptor.implementation,
                operations: operations,
                reads: operands.compactMap(\.home.bufferRead),
                writes: operands.compactMap(\.home.bufferWritten),
                keptByteCount: operands.reduce(0) { $0 + $1.keptByteCount }
            ) { arena throws(EngineError) in
                let arguments = try wrapped { () throws(OneDNNError) in
                    var list: [Primitive.Argument] = []
                    for operand in operands {
                        list.append(try operand.argument(in: arena, on: processor))
                    }
                    if let scratchpad, scratchpad.byteCount > 0 {
                        let memory = try unsafe Memory(
                            scratchpad,
                            at: arena.scratchpadBytes,
                            on: processor
                        )
                        list.append(Primitive.Argument(.scratchpad, memory))
                    }
                    return list
                }
                return { () throws(EngineError) in
                    try wrapped { () throws(OneDNNError) in
                        try withExtendedLifetime(operands) { () throws(OneDNNError) in
                            try primitive.execute(arguments)
                        }
                    }
                }
            }
        )
    }
}

extension Operand.Home {
    fileprivate var bufferRead: Int? {
        if case .read(let buffer) = self { buffer } else { nil }
    }

    fileprivate var bufferWritten: Int? {
        if case .written(let buffer) = self { buffer } else { nil }
    }
}

extension Operand {
    /// Bytes outside the plan's arena.
    fileprivate var keptByteCount: Int {
        if case .kept = home { descriptor.byteCount } else { 0 }
    }

    /// The operand bound to its place.
    fileprivate func argument(
        in arena: Arena,
        on processor: Processor
    ) throws(OneDNNError) -> Primitive.Argument {
        let bytes =
            switch home {
            case .read(let buffer), .written(let buffer): unsafe arena.bytes(of: buffer)
            case .kept(let storage): unsafe storage.bytes
            }
        return Primitive.Argument(place, try unsafe Memory(descriptor, at: bytes, on: processor))
    }
}
