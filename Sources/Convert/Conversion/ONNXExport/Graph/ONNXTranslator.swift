internal import Formats
internal import Networks
internal import Proto
internal import Reference

/// Makes ONNX operators of TensorFlow's operations, each behind those that it takes from.
///
/// Pictures are carried as operators want them, `[batch, channel, height, width]`, as far as that goes; what does not mind the
/// order follows its input.
struct ONNXTranslator {
    /// A tensor as it is in the graph, and with its last axis behind the first; at least one of them, once it is made.
    struct Held {
        var own: String?
        var planar: String?
    }

    /// A convolution that others may still be folded into.
    struct FoldableConvolution {
        /// The operator's place in the model.
        let index: Int
        /// The constant that is its kernel, outputs first.
        let kernel: String
        var bias: [Double]?
    }

    let graph: FormedGraph
    /// Whether batch norms are folded into the convolutions before them.
    let foldsBatchNorms: Bool
    /// What constants are called in the model, where that is not what their nodes are called.
    let constantNames: [Name: String]
    var model = ONNXModel()
    var held: [TensorPlace: Held] = [:]
    var names: Set<Name> = []
    var shared: [SharedConstant: String] = [:]
    var batch: String?
    /// What nodes lack: the nodes that have no operators, theirs or of those that they hang on.
    var roots: [Int: Set<Int>] = [:]
    var reasons: [Int: String] = [:]
    /// Names that stand for tensors that are not there.
    var missing: [Name: Set<Int>] = [:]
    /// How often each tensor is needed.
    var uses: [TensorPlace: Int] = [:]
    var convolutions: [TensorPlace: FoldableConvolution] = [:]
    /// The types of tensors whose shapes hang on values, so that nothing is known of them before.
    var counted: [TensorPlace: DataType] = [:]

    struct SharedConstant: Hashable {
        let type: DataType
        let shape: [Int]
        let bytes: [UInt8]
    }

    /// Where the axes of a planar tensor come from, and where its own axes are in it.
    static let planarOrder = [0, 3, 1, 2]
    static let planarPlaces = [0, 2, 3, 1]

    init(_ graph: FormedGraph, foldsBatchNorms: Bool, constantNames: [Name: String]) {
        self.graph = graph
        self.foldsBatchNorms = foldsBatchNorms
        self.constantNames = constantNames
        for number in graph.nodes.indices {
            for place in graph.sources(of: number) { uses[place, default: 0] += 1 }
        }
        for output in graph.outputs { uses[output.place, default: 0] += 1 }
    }

    // MARK: Nodes

    /// Translates everything behind the inputs.
    mutating func translateAll() {
        let given = Set(graph.inputs.map(\.place.node))
        for number in graph.nodes.indices where !given.contains(number) {
            // What hangs on nothing that is given is there already.
            if graph.constant(TensorPlace(node: number)) != nil { continue }
            let call = ONNXCall(
                number: number,
                node: graph.nodes[number],
                inputs: graph.sources(of: number)
            )
            do throws(ReferenceError) {
                guard let handler = Self.handlers[Name(call.node.operation)] else {
                    throw ReferenceError("")
                }
                try handler(&self, call)
            } catch {
                var found: Set<Int> = []
                for place in call.inputs { found.formUnion(roots[place.node] ?? []) }
                roots[number] = found.isEmpty ? [number] : found
                reasons[number] = error.description
            }
        }
    }

    /// What has no operators among nodes: how often each operation, and why.
    func problems(_ numbers: Set<Int>) -> [String] {
        var found: [Name: (count: Int, reason: String)] = [:]
        for number in numbers.sorted() {
            let name = Name(graph.nodes[number].operation)
            let reason = found[name]?.reason ?? reasons[number] ?? ""
            found[name] = ((found[name]?.count ?? 0) + 1, reason)
        }
        return found.sorted { $0.key < $1.key }.map { name, entry in
            "\(name) (\(entry.count))" + (entry.reason.isEmpty ? "" : ": \(entry.reason)")
        }
    }
}
