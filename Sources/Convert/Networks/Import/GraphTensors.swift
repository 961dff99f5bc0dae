package import Checkpoint
internal import Proto
internal import Reference

/// The parameters of an imported graph as tensors that can be handed on, under the names of their nodes.
package struct GraphTensors: TensorSource {
    /// The parameters, sorted by their names' bytes.
    package let tensors: [TensorEntry]
    private let constants: [[UInt8]: GraphConstant]
    private let path: String

    /// The parameters of a graph, see ``InferenceGraph/parameters``.
    package init(_ graph: InferenceGraph) {
        var tensors: [TensorEntry] = []
        var constants: [[UInt8]: GraphConstant] = [:]
        for name in graph.parameters {
            guard let constant = graph.constants[Name(name)] else { continue }
            let key = Self.key(of: name)
            constants[key] = constant
            tensors.append(
                TensorEntry(
                    array: key,
                    constant.type,
                    shape: constant.shape,
                    offset: 0,
                    byteCount: constant.count.multipliedReportingOverflow(
                        by: constant.type.byteCount ?? 0
                    ).partialValue
                )
            )
        }
        self.tensors = tensors.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        self.constants = constants
        path = graph.files.path
    }

    /// The key of a node's tensor: its name, and where bytes that are no UTF-8 were replaced, no text either.
    package static func key(of name: String) -> [UInt8] {
        let bytes = Array(name.utf8)
        let replacement: [UInt8] = [0xEF, 0xBF, 0xBD]
        guard name.unicodeScalars.contains("\u{FFFD}") else { return bytes }
        var key: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index...].starts(with: replacement) {
                key.append(0xFF)
                index += replacement.count
            } else {
                key.append(bytes[index])
                index += 1
            }
        }
        return key
    }

    /// The bytes of a parameter, little-endian, in row-major order.
    ///
    /// - Throws: `CheckpointError`.
    package func bytes(
        of tensor: TensorEntry,
        verifies: Bool
    ) throws(CheckpointError) -> StoredBytes {
        let constant = try constant(tensor)
        do throws(ReferenceError) { return try constant.content() } catch {
            throw malformed(tensor, error)
        }
    }

    /// The strings of a parameter of strings.
    ///
    /// - Throws: `CheckpointError`.
    package func strings(of tensor: TensorEntry) throws(CheckpointError) -> [[UInt8]] {
        let constant = try constant(tensor)
        do throws(ReferenceError) { return try constant.strings() } catch {
            throw malformed(tensor, error)
        }
    }

    private func constant(_ tensor: TensorEntry) throws(CheckpointError) -> GraphConstant {
        guard let constant = constants[tensor.key] else {
            throw .noSuchTensor(path: path, name: tensor.name)
        }
        return constant
    }

    private func malformed(_ tensor: TensorEntry, _ error: ReferenceError) -> CheckpointError {
        .malformedEntry(path: path, tensor: tensor.name, reason: "\(error)")
    }
}

extension WeightFile {
    /// The parameters of an imported graph.
    package init(_ graph: InferenceGraph) {
        // Several files are found by their folder, which they lie in or under.
        let isAlone = graph.readFiles.count == 1
        let path = isAlone ? graph.files.path : GraphSource.folder(graph.files.path)
        self.init(GraphTensors(graph), at: graph.files.standing(at: path), read: graph.readFiles)
    }
}
