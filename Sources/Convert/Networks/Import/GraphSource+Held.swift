internal import Checkpoint
package import Proto

extension GraphSource {
    /// What a constant of the graph holds; nil where it cannot be read, or is none.
    package func constant(_ node: NodeDef) -> GraphConstant? {
        guard case .tensor(let message)? = node["value"] else { return nil }
        return try? GraphConstant(message, node: node.name, in: file)
    }

    /// What the variables of the graph hold, as far as it is there: for somebody to look at.
    ///
    /// - Returns: The values by the names of the variables' nodes, and what is wrong where some are missing.
    package func variables() -> (values: [Name: GraphConstant], problem: String?) {
        do {
            let graph = try FlatGraph(meta)
            let held = graph.nodes.indices.filter {
                VariableValues.holders.contains(graph.nodes[$0].operation)
            }
            guard !held.isEmpty else { return ([:], nil) }
            let location = try checkpointLocation(variables: held.count).location
            let tensors = try location.open()
            let found = VariableValues(meta, graph, tensors, .raw).found(held, in: graph)
            var values: [Name: GraphConstant] = [:]
            for (number, value) in found { values[Name(graph.nodes[number].name)] = value }
            let missing = held.count - found.count
            return (
                values,
                missing == 0
                    ? nil
                    : "\(location.prefix) lacks \(missing) of the graph's \(held.count) variables"
            )
        } catch {
            return ([:], "the values of the variables are not there: \(error)")
        }
    }
}
