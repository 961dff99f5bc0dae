internal import Checkpoint
internal import Formats
internal import Networks
internal import Proto
internal import Reference

/// Operators, and the names of what they give.
extension ONNXTranslator {
    /// Appends an operator with one output.
    @discardableResult
    mutating func append(
        _ operation: String,
        _ name: String,
        _ inputs: [String],
        _ attributes: [Name: ONNXAttribute] = [:]
    ) -> String {
        append(operation, name, inputs, attributes, outputs: 1)[0]
    }

    /// Appends an operator with several outputs.
    mutating func append(
        _ operation: String,
        _ name: String,
        _ inputs: [String],
        _ attributes: [Name: ONNXAttribute] = [:],
        outputs: Int
    ) -> [String] {
        let results = (0..<outputs).map { unique($0 == 0 ? name : "\(name):\($0)") }
        model.nodes.append(
            ONNXNode(
                name: results[0],
                operation: operation,
                inputs: inputs,
                outputs: results,
                attributes: attributes
            )
        )
        return results
    }

    /// Replaces an operator by one that makes the same values.
    mutating func replace(at index: Int, inputs: [ByteName]) {
        let old = model.nodes[index]
        model.nodes[index] = ONNXNode(
            name: old.name,
            operation: old.operation,
            inputs: inputs,
            outputs: old.outputs,
            attributes: old.attributes
        )
    }

    /// A name that nothing has.
    mutating func unique(_ name: String) -> String {
        var candidate = name
        var count = 1
        while candidate.isEmpty || !names.insert(Name(candidate)).inserted {
            count += 1
            candidate = "\(name)_\(count)"
        }
        return candidate
    }

    /// The values in another type.
    mutating func cast(_ input: String, to type: DataType, _ name: String) -> String {
        let element = ONNXElement(type == .bfloat16 ? .float32 : type)
        guard type != .int64, let element else { return input }
        return append("Cast", name, [input], ["to": .integer(element.rawValue)])
    }
}
