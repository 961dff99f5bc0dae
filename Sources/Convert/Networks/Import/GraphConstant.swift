package import Checkpoint
internal import Formats
package import Proto
package import Reference

/// A value that a graph holds: of a constant, or of a variable.
package struct GraphConstant: Sendable {
    /// The type of the elements.
    package let type: DataType
    /// The extents.
    package let shape: [Int]
    private let place: Place

    private enum Place: Sendable {
        /// The elements' own bytes, little-endian, mostly mapped.
        case bytes(StoredBytes)
        /// A message that states them, or some.
        case message(TensorMessage)
        /// Computed already.
        case tensor(ReferenceTensor)
    }

    /// A constant of a graph.
    ///
    /// - Throws: ``ImportProblem/malformed(node:reason:)``.
    init(_ message: TensorMessage, node: String, in file: GraphFile?) throws(ImportProblem) {
        func malformed(_ reason: String) -> ImportProblem {
            .malformed(node: node, reason: reason)
        }
        guard let type = DataType(rawValue: message.dataType) else {
            throw malformed("a constant of the unknown type \(message.dataType)")
        }
        guard message.shape?.isRankUnknown != true else {
            throw malformed("a constant without a shape")
        }
        var shape: [Int] = []
        var count = 1
        for dimension in message.shape?.dimensions ?? [] {
            guard let extent = Int(exactly: dimension), extent >= 0 else {
                throw malformed("a constant of the shape \(message.shape?.dimensions ?? [])")
            }
            shape.append(extent)
            let (product, overflow) = count.multipliedReportingOverflow(by: max(extent, 1))
            guard !overflow else { throw malformed("a constant of the shape \(shape)") }
            count = product
        }
        if shape.contains(0) { count = 0 }
        self.type = type
        self.shape = shape
        guard let number = message.leftContent else {
            place = .message(message)
            return
        }
        guard let file else { throw malformed("its content is not there") }
        let bytes: StoredBytes
        do throws(FormatError) { bytes = try file.content(number) } catch {
            throw malformed("\(error)")
        }
        let needed = count.multipliedReportingOverflow(by: type.byteCount ?? 0)
        guard !needed.overflow, bytes.count == needed.partialValue else {
            throw malformed("\(bytes.count) bytes for \(type.name) of the shape \(shape)")
        }
        place = .bytes(bytes)
    }

    /// Bytes of a checkpoint.
    init(_ type: DataType, _ shape: [Int], _ bytes: StoredBytes) {
        self.type = type
        self.shape = shape
        place = .bytes(bytes)
    }

    /// A value that was computed.
    init(_ tensor: ReferenceTensor) {
        type = tensor.type
        shape = tensor.shape
        place = .tensor(tensor)
    }

    /// The number of elements; as many as can be counted.
    package var count: Int {
        guard !shape.contains(0) else { return 0 }
        return shape.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
    }

    /// The elements' own bytes where they lie, little-endian; nil where they are stated in another way.
    package var stored: StoredBytes? {
        if case .bytes(let bytes) = place { return bytes }
        return nil
    }

    /// The elements' own bytes, little-endian, in row-major order, mostly where they lie.
    ///
    /// - Throws: `ReferenceError` if they do not fit, or are of a type that has no bytes of one size, such as strings.
    package func content() throws(ReferenceError) -> StoredBytes {
        if case .bytes(let bytes) = place { return bytes }
        guard let bytes = try tensor().bytes else {
            throw ReferenceError("\(type.name) has no bytes of one size")
        }
        return StoredBytes(bytes)
    }

    /// The elements of a constant of strings.
    ///
    /// - Throws: `ReferenceError` if they do not fit, or are no strings.
    package func strings() throws(ReferenceError) -> [[UInt8]] {
        guard case .string(let strings) = try tensor().elements else {
            throw ReferenceError("\(type.name) are no strings")
        }
        return strings
    }

    /// The values.
    ///
    /// - Throws: `ReferenceError` if they do not fit, or are of a type that is not computed.
    package func tensor() throws(ReferenceError) -> ReferenceTensor {
        switch place {
        case .tensor(let tensor): return tensor
        case .message(let message): return try ReferenceTensor(message)
        case .bytes(let bytes):
            let tensor = try ReferenceTensor(shape, type, bytes: bytes.array)
            do throws(CheckpointError) { try bytes.checkIntact() } catch {
                throw ReferenceError("\(error)")
            }
            return tensor
        }
    }
}
