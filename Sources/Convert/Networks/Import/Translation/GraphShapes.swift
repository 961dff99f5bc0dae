package import Proto

/// The shapes of the tensors of a graph that is only looked at, as far as they follow from what its nodes state.
///
/// Node by node, each behind those that it takes from; what cannot be told is unknown, and nothing is an error.
package struct GraphShapes {
    private var forms = FormInference(samples: Self.samples, effort: .little)

    /// Open extents are tried with two numbers each: the first axis is that of pictures.
    private static let samples = [2, 3]
    private static let sides = [224, 256]
    /// Operations that give, in each of so many outputs, what they take first.
    private static let passing: [Name: Int] = [
        "Switch": 2, "RefSwitch": 2, "ReadVariableOp": 1, "Merge": 1, "RefMerge": 1, "Enter": 1,
        "Exit": 1, "NextIteration": 1,
    ]

    /// No nodes yet.
    package init() {}

    /// Adds a node.
    ///
    /// - Parameters:
    ///   - node: The node; what it calls itself and its inputs does not matter.
    ///   - inputs: Where it takes from, by the order in which nodes were added; nil for what is not there.
    ///   - stated: The shapes that it states for what it gives; nil for one that it does not.
    ///   - constant: What it gives, if it is a constant whose values may tell shapes.
    package mutating func add(
        _ node: NodeDef,
        _ inputs: [TensorPlace?],
        stated: [[Int?]?]?,
        constant: GraphConstant?
    ) {
        let numbered = NodeDef(
            name: "\(forms.nodes.count)",
            operation: node.operation,
            inputs: inputs.map { $0.map { "\($0.node):\($0.output)" } ?? "none" },
            attributes: node.attributes
        )
        if let constant {
            forms.append(numbered, constant: constant)
        } else if let stated, stated.contains(where: { $0 != nil }) {
            let type = Self.type(of: node)
            forms.append(numbered, given: stated.map { $0.map { Self.form($0, type) } })
        } else if let outputs = Self.passing[Name(node.operation)] {
            let first = inputs.compactMap(\.self).compactMap { forms[$0] }.first
            forms.append(numbered, given: [TensorForm?](repeating: first, count: outputs))
        } else {
            forms.append(numbered)
        }
    }

    /// The shapes of what a node gives, by the order in which nodes were added; nil for one that is not known.
    package func shapes(of node: Int) -> [[Int?]?] {
        guard forms.forms.indices.contains(node) else { return [] }
        return forms.forms[node].indices.map { output in
            forms.extents(TensorPlace(node: node, output: output))
        }
    }

    private static func form(_ extents: [Int?], _ type: DataType) -> TensorForm {
        let shapes = zip(samples, sides).map { pictures, side in
            extents.enumerated().map { axis, extent in extent ?? (axis == 0 ? pictures : side) }
        }
        return TensorForm(type: type, shapes: shapes)
    }

    private static func type(of node: NodeDef) -> DataType {
        for name in ["DstT", "out_type", "dtype", "T"] {
            if case .type(let number)? = node[name] {
                return DataType(rawValue: number) ?? .float32
            }
        }
        return .float32
    }
}
