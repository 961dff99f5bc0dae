package import Checkpoint
package import Formats
internal import Proto
internal import Reference

/// The types and shapes of a graph's values, as far as they follow from those that it states.
///
/// What an operator gives whose shape cannot be told has none, unless the graph states it; nothing is an error.
package struct ONNXShapes {
    /// What is known of a value.
    package struct Known: Sendable {
        /// The number of its elements' type; see `ONNXElement`.
        package var typeNumber: Int
        /// Its extents, nil where they are open.
        package var shape: [Int?]?
    }

    private var known: [ByteName: Known] = [:]

    /// Works out the shapes of a graph's values.
    ///
    /// - Parameters:
    ///   - graph: The graph.
    ///   - bytes: The model.
    ///   - operatorSet: The version of its operators.
    package init(_ graph: ONNXGraph, in bytes: RawSpan, operatorSet: Int) {
        var importer = ONNXImporter(formsOnly: operatorSet)
        var stated: [ByteName: ONNXValue] = [:]
        for value in graph.values + graph.outputs + graph.inputs where value.typeNumber != 0 {
            stated[value.name] = value
            known[value.name] = Known(typeNumber: value.typeNumber, shape: value.extents)
        }
        for tensor in graph.initializers + graph.stated {
            let shape = tensor.shape.map { $0 < 0 ? nil : $0 }
            known[tensor.name] = Known(typeNumber: tensor.typeNumber, shape: shape)
            if let value = tensor.few(in: bytes),
                let constant = try? ReferenceTensor(tensor.shape, value.type, bytes: value.bytes)
            {
                importer.put(constant, tensor.name)
            } else {
                importer.placeholder(ONNXValue(tensor))
            }
        }
        for input in graph.inputs where importer.values[input.name] == nil {
            importer.placeholder(input)
        }
        for node in graph.nodes {
            try? importer.translate(node)
            for name in node.outputs where !name.isEmpty {
                if let value = stated[name] {
                    if importer.values[name].flatMap({ importer.form($0) }) == nil {
                        importer.placeholder(value)
                    }
                } else if let value = importer.values[name] {
                    guard let shape = importer.shape(value), known[name] == nil else { continue }
                    let type = importer.form(value).flatMap { ONNXElement($0.type) }
                    known[name] = Known(typeNumber: type?.rawValue ?? 0, shape: shape)
                } else {
                    importer.placeholder(ONNXValue(unknown: name))
                }
            }
        }
    }

    /// What is known of a value; nil for nothing.
    package subscript(name: ByteName) -> Known? { known[name] }
}
