internal import Checkpoint
internal import Formats

extension ONNXModel {
    /// Takes out what no output hangs on.
    ///
    /// - Returns: The names of the values that are left, and of those that are needed and not there.
    mutating func removeUnneeded() -> Set<ByteName> {
        var needed = Set(outputs.map(\.name))
        var kept: [ONNXNode] = []
        // Every operator stands behind its inputs.
        for node in nodes.reversed()
        where node.outputs.contains(where: { needed.contains($0) }) {
            for input in node.inputs where !input.isEmpty { needed.insert(input) }
            // What comes behind the last output that is needed need not be named.
            let last = node.outputs.lastIndex { needed.contains($0) } ?? 0
            let isWhole = ["Split", "TopK"].contains(node.operation)
            kept.append(
                ONNXNode(
                    name: node.name,
                    operation: node.operation,
                    inputs: node.inputs,
                    outputs: isWhole ? node.outputs : Array(node.outputs[...last]),
                    attributes: node.attributes
                )
            )
        }
        nodes = kept.reversed()
        initializers = initializers.filter { needed.contains(ByteName($0.name)) }
        return needed
    }
}
