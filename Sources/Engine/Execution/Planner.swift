internal import Base

/// Collects the steps that compute a graph for one batch size.
package final class Planner {
    let processor: Processor
    let weights: Weights
    let batch: Int
    let options: ExecutionOptions
    /// The arithmetic.
    let math: MathMode
    private let outputTypes: [NodeID: ElementType]
    private(set) var steps: [Step] = []
    /// Buffers that may lie inside of others.
    var parts: [BufferPart] = []
    private(set) var byteCounts: [Int] = []
    private(set) var scratchpadByteCount = 0

    init(
        _ graph: Graph,
        processor: Processor,
        weights: Weights,
        batch: Int,
        options: ExecutionOptions
    ) {
        self.processor = processor
        self.weights = weights
        self.batch = batch
        self.options = options
        math = options.effectiveMath
        outputTypes = Self.outputTypes(of: graph, math)
    }

    /// The type in which each node's output is wanted: what the first consumer says that cares.
    private static func outputTypes(of graph: Graph, _ math: MathMode) -> [NodeID: ElementType] {
        var wanted: [NodeID: ElementType] = [:]
        for node in graph.nodes.reversed() {
            let output = wanted[node.id] ?? math.activationType
            wanted[node.id] = output
            for (index, input) in node.inputs.enumerated().reversed() {
                if let type = node.operation.execution.inputType(
                    at: index,
                    output: output,
                    math: math
                ) {
                    wanted[input] = type
                }
            }
        }
        return wanted
    }

    /// The product of numbers that may come from a file, as far as it can be counted.
    static func product(_ factors: Int...) -> Int {
        factors.reduce(1) { product, factor in
            let (result, isOver) = product.multipliedReportingOverflow(by: factor)
            return isOver ? .max : result
        }
    }

    /// The type in which a node's output is wanted.
    func outputType(of node: Node) -> ElementType {
        outputTypes[node.id] ?? math.activationType
    }

    /// A new buffer for the output of a layer.
    func makeActivation(
        _ shape: FeatureShape,
        _ layout: Activation.Layout,
        _ type: ElementType
    ) -> Activation {
        let activation = Activation(
            buffer: byteCounts.count,
            batch: batch,
            shape: shape,
            layout: layout,
            type: type
        )
        byteCounts.append(activation.byteCount)
        return activation
    }

    /// A new buffer for a vector for each picture; vectors are float32 always.
    func makeVectors(_ shape: FeatureShape) -> Activation {
        makeActivation(shape, .planar, .float32)
    }

    /// A new buffer for anything else.
    func makeBuffer(byteCount: Int) -> Int {
        byteCounts.append(byteCount)
        return byteCounts.count - 1
    }

    /// Takes away the steps that copy what may lie in its place from the beginning, and says what lies where.
    ///
    /// To be asked once, at the end.
    func placeParts() -> [Int: BufferPart] {
        guard !parts.isEmpty else { return [:] }
        var writers: [Int: [Int]] = [:]
        var firstReaders: [Int: Int] = [:]
        for (index, step) in steps.enumerated() {
            for buffer in step.writes { writers[buffer, default: []].append(index) }
            for buffer in step.reads where firstReaders[buffer] == nil {
                firstReaders[buffer] = index
            }
        }
        let copies = Dictionary(grouping: parts, by: \.whole).mapValues { Set($0.map(\.step)) }
        var placed: [Int: BufferPart] = [:]
        for part in parts where placed[part.buffer] == nil {
            // Whoever writes to the whole, or to the part once it was copied, would change both.
            let isWholeKept = writers[part.whole, default: []].allSatisfy {
                copies[part.whole, default: []].contains($0)
            }
            guard isWholeKept, let own = writers[part.buffer], let first = own.first,
                let last = own.last, last < part.step,
                first < firstReaders[part.buffer, default: part.step]
            else { continue }
            placed[part.buffer] = part
        }
        let dropped = Set(placed.values.map(\.step))
        steps = steps.indices.filter { !dropped.contains($0) }.map { steps[$0] }
        return placed
    }

    /// Bytes of all that a step reads, once, and of all that it writes.
    func byteCount(of step: Step) -> Int {
        func sum(_ buffers: [Int]) -> Int { Set(buffers).reduce(0) { $0 + byteCounts[$1] } }
        return sum(step.reads) + sum(step.writes) + step.keptByteCount
    }

    /// Sees to it that steps find so many bytes of scratch memory.
    func reserveScratchpad(byteCount: Int) {
        scratchpadByteCount = max(scratchpadByteCount, byteCount)
    }

    /// Appends a step as it is.
    func append(_ step: Step) {
        steps.append(step)
    }

    /// Appends a step of our own.
    ///
    /// `bind` makes the work; it may fetch the places of the buffers named, and no others.
    func append(
        _ node: Node,
        implementation: String = "kernel",
        operations: Int,
        arithmetic: Int? = nil,
        reads: [Activation],
        keptByteCount: Int = 0,
        writes: Activation,
        bind: @escaping (Arena) throws(EngineError) -> Step.Work
    ) {
        steps.append(
            Step(
                node: node.name,
                kind: node.layer.kind,
                implementation: implementation,
                operations: operations,
                reads: reads.map(\.buffer),
                writes: [writes.buffer],
                keptByteCount: keptByteCount,
                arithmetic: arithmetic,
                bind: bind
            )
        )
    }

    /// Appends a step that runs work for every plane: one picture's block of channels.
    ///
    /// `work` is given the arena and makes the work for a plane's index.
    func appendPlanes(
        _ node: Node,
        operations: Int,
        reads: [Activation],
        writes: Activation,
        planes: Int,
        work: @escaping (Arena) -> (Int) -> Void
    ) {
        append(node, operations: operations, reads: reads, writes: writes) { arena in
            let work = work(arena)
            return { parallel(planes, work) }
        }
    }

    /// Appends a step that runs work for every plane of `input`: one picture's block of channels.
    ///
    /// `work` is given where the plane begins, where what belongs to it begins in `result` (its own plane, or the block's
    /// first channel in the picture's vector), and the plane's index.
    func appendPlanes(
        _ node: Node,
        operations: Int,
        from input: Activation,
        to result: Activation,
        _ work:
            @escaping (
                _ source: UnsafeMutableRawPointer, _ target: UnsafeMutableRawPointer, _ plane: Int
            ) -> Void
    ) {
        let blocks = input.blockCount
        appendPlanes(
            node,
            operations: operations,
            reads: [input],
            writes: result,
            planes: batch * blocks
        ) { arena in
            let source = unsafe arena.bytes(of: input)
            let target = unsafe arena.bytes(of: result)
            return { plane in
                unsafe work(
                    source + plane * input.planeByteCount,
                    target + result.offset(ofPicture: plane / blocks, block: plane % blocks),
                    plane
                )
            }
        }
    }
}

/// Runs `body`, which speaks oneDNN, and reports its error as the engine's.
func wrapped<Result>(
    _ body: () throws(OneDNNError) -> Result
) throws(EngineError) -> Result {
    do {
        return try body()
    } catch {
        throw .oneDNN(error)
    }
}
