internal import Proto
internal import Reference

extension ImportedGraph {
    /// The side of the pictures, where the graph fixes it for squares.
    public var side: Int? {
        guard let shape = pictures.shape, shape.count == 4 else { return nil }
        let sides = shape[1] == 3 && shape[3] != 3 ? [shape[2], shape[3]] : [shape[1], shape[2]]
        return sides[0] == sides[1] ? sides[0] : nil
    }

    /// How pictures are mostly prepared for such a graph.
    ///
    /// A graph that scales its pictures itself takes them as they are, or between 0 and 1, by what it does; TF-Hub's modules take
    /// them between 0 and 1; what slim trained between -1 and 1.
    var usualPreprocessing: String {
        switch ownScale {
        case let scale? where scale < 0.1: return "raw"
        case let scale? where (1.5...2.5).contains(scale): return "hub"
        default: break
        }
        switch files.kind {
        case "TF-Hub module": return "hub"
        case "ONNX model of PyTorch": return "keras_torch"
        default: return "slim_inception"
        }
    }

    /// What the graph multiplies its pictures by, before anything else is done to them.
    private var ownScale: Double? {
        var tensor = Name(pictures.node)
        var steps = 0
        while steps < 8 {
            steps += 1
            let readers = nodes.filter { node in
                node.inputs.contains { TensorReference($0) == TensorReference(tensor.text) }
            }
            guard readers.count == 1, let reader = readers.first else { return nil }
            switch reader.operation {
            case "Cast", "Identity", "Sub", "Add", "AddV2", "Transpose", "Reshape", "ExpandDims",
                "Squeeze", "ResizeBilinear":
                tensor = Name(reader.name)
            case "Mul", "RealDiv", "Div":
                let numbers = reader.inputs.compactMap { input -> Double? in
                    guard let constant = constants[TensorReference(input).node],
                        constant.count > 0, constant.count <= 4,
                        let values = try? constant.tensor().floats()
                    else { return nil }
                    return values.map { abs($0) }.max()
                }
                guard let number = numbers.first, number > 0 else { return nil }
                return reader.operation == "Mul" ? number : 1 / number
            default: return nil
            }
        }
        return nil
    }
}
