internal import Networks
internal import Proto
internal import Reference

/// A node that becomes operators.
struct ONNXCall {
    let number: Int
    let node: NodeDef
    let inputs: [TensorPlace]

    /// An input.
    subscript(index: Int) -> TensorPlace {
        get throws(ReferenceError) {
            guard inputs.indices.contains(index) else {
                throw ReferenceError("input \(index) is missing")
            }
            return inputs[index]
        }
    }

    /// What its operator is called.
    var name: String { node.name }

    /// What one of several operators is called.
    func part(_ name: String) -> String { "\(node.name)/\(name)" }

    /// Its output.
    var place: TensorPlace { TensorPlace(node: number) }

    /// Whether pictures have their channels behind the batch.
    func hasChannelsFirst() throws(ReferenceError) -> Bool {
        try node.word("data_format", of: ["NHWC", "NCHW"], default: "NHWC") == "NCHW"
    }
}

extension ONNXTranslator {
    /// Makes the operators of a node, and says where its outputs are.
    typealias Handler = @Sendable (inout ONNXTranslator, ONNXCall) throws(ReferenceError) -> Void

    /// What has a form in ONNX, by TensorFlow's names.
    static let handlers: [Name: Handler] = {
        var all: [Name: Handler] = [:]
        for table in [
            elements, functions, combinations, comparisons, selections, reductions, arrangements,
            slices, shapes, joinings, gatherings, blocks, convolutions2D, pools, normalisations,
            products, resizes, quantisations, matrices, colours, bits, gammas, scans, volumes,
            segments, crops, countings,
        ] {
            for (name, handler) in table {
                precondition(all[Name(name)] == nil, "\(name) stands in two tables")
                all[Name(name)] = handler
            }
        }
        return all
    }()
}
