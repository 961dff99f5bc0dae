internal import Formats
internal import Proto

extension ONNXModel {
    /// Takes out what no output hangs on.
    ///
    /// - Returns: The names of the values that are left, and of those that are needed and not there.
    mutating func removeUnneeded() -> Set<Name> {
        var needed = Set(outputs.map { Name($0.name) })
        var kept: [ONNXNode] = []
        // Every operator stands behind its inputs.
        for node in nodes.reversed() where node.outputs.contains(where: { needed.contains(Name($0)) }) {
            for input in node.inputs where !input.isEmpty { needed.insert(Name(input)) }
            // What comes behind the last output that is needed need not be named.
            let last = node.outputs.lastIndex { needed.contains(Name($0)) } ?? 0
            let isSplit = node.operation == "Split"
            kept.append(
                ONNXNode(
                    name: node.name,
                    operation: node.operation,
                    inputs: node.inputs,
                    outputs: isSplit ? node.outputs : Array(node.outputs[...last]),
                    attributes: node.attributes
                )
            )
        }
        nodes = kept.reversed()
        initializers = initializers.filter { needed.contains(Name($0.name)) }
        return needed
    }
}
