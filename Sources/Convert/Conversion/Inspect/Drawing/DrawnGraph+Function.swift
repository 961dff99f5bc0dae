internal import Networks
internal import Proto

extension DrawnGraph {
    /// Draws a function of a graph's library: what it takes, its nodes, what it gives.
    init(
        function: GraphDef.Function,
        library: Set<Name>,
        room: inout Int,
        tensors: inout DrawnTensors,
        _ source: GraphSource
    ) {
        let arguments = function.signature.inputs.map {
            NodeDef(name: $0.name, operation: "_Arg")
        }
        let results = function.results.map {
            NodeDef(name: "\($0.output) (result)", operation: "_Retval", inputs: [$0.tensor])
        }
        // Nodes of several functions have the same names: their constants are told apart by the function's.
        tensors.scope = function.name
        self.init(
            name: function.name,
            arguments + function.nodes + results,
            library: library,
            room: &room,
            tensors: &tensors
        ) { source.constant($0) }
        tensors.scope = nil
        note = "A function of the graph."
    }

    /// The same with its tensors' numbers grown, and under another name.
    func shifted(by shift: Int, named name: String) -> DrawnGraph {
        var graph = DrawnGraph(name: name)
        graph.note = note
        graph.scopes = scopes
        graph.leftOut = leftOut
        graph.nodes = nodes.map { node in
            var node = node
            node.weights = node.weights.map { Weight(role: $0.role, tensor: $0.tensor + shift) }
            return node
        }
        return graph
    }
}
