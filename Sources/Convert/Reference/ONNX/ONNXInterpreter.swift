package import Checkpoint
package import Formats
internal import Proto

/// Computes an ONNX model that was read back from its file, operator by operator, by the definitions in ONNX's
/// specification.
///
/// Shares nothing with the engine or with what wrote the model.
package struct ONNXInterpreter: Sendable {
    let file: ONNXFile

    /// An interpreter for a model.
    package init(_ file: ONNXFile) {
        self.file = file
    }

    /// Computes the outputs.
    ///
    /// - Parameter inputs: A tensor for each of the graph's inputs; a uint8 input takes the values as floats.
    /// - Returns: The outputs by name.
    /// - Throws: ``ReferenceError/uncomputable(node:reason:)``.
    package func run(
        _ inputs: [ByteName: ReferenceTensor]
    ) throws(ReferenceError) -> [ByteName: ReferenceTensor] {
        try compute(inputs, keeping: file.outputs)
    }

    /// Computes one value inside the graph.
    ///
    /// - Returns: The value.
    /// - Throws: ``ReferenceError/uncomputable(node:reason:)``.
    package func run(
        _ inputs: [ByteName: ReferenceTensor],
        until name: ByteName
    ) throws(ReferenceError) -> ReferenceTensor {
        guard let value = try compute(inputs, keeping: [name])[name] else {
            throw .uncomputable(node: name.description, reason: "there is no such value")
        }
        return value
    }

    private func compute(
        _ inputs: [ByteName: ReferenceTensor],
        keeping names: [ByteName]
    ) throws(ReferenceError) -> [ByteName: ReferenceTensor] {
        var values = inputs
        var uses: [ByteName: Int] = [:]
        for node in file.nodes { for input in node.inputs { uses[input, default: 0] += 1 } }
        for name in names { uses[name, default: 0] += 1 }
        for node in file.nodes {
            do throws(ReferenceError) {
                var operands: [ReferenceTensor?] = []
                for input in node.inputs {
                    if input.isEmpty {
                        operands.append(nil)
                    } else if let value = values[input] {
                        operands.append(value)
                    } else {
                        operands.append(try constant(input))
                    }
                }
                let results = try ONNXOperator(node: node, operands: operands).run()
                guard results.count >= node.outputs.count else {
                    throw ReferenceError("\(node.outputs.count) outputs")
                }
                for (name, result) in zip(node.outputs, results) { values[name] = result }
                for input in node.inputs {
                    uses[input, default: 0] -= 1
                    if uses[input, default: 0] <= 0 { values[input] = nil }
                }
            } catch {
                throw .uncomputable(
                    node: "\(node.name) (\(node.operation))",
                    reason: error.description
                )
            }
        }
        var outputs: [ByteName: ReferenceTensor] = [:]
        for name in names {
            outputs[name] = values[name]
        }
        return outputs
    }

    private func constant(_ name: ByteName) throws(ReferenceError) -> ReferenceTensor {
        guard let constant = file.constants[name] else {
            throw ReferenceError("there is no value '\(name)'")
        }
        let stored: StoredBytes
        do throws(FormatError) {
            stored = try file.bytes(constant)
        } catch {
            throw ReferenceError(error.description)
        }
        return try ReferenceTensor(constant.shape, constant.element.type, bytes: stored.array)
    }
}
