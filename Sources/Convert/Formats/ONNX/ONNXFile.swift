package import Checkpoint
package import Proto

/// An ONNX model as it lies on disk: read back without anything that wrote it.
///
/// The constants stay where they are mapped, in the model or in the files beside it that it names.
package struct ONNXFile: Sendable {
    /// A constant: its type, its extents and its place.
    package struct Constant: Sendable {
        package let element: ONNXElement
        package let shape: [Int]
        let file: MappedFile
        let range: Range<Int>
    }

    package let path: String
    /// The operators, in the order of the file.
    package private(set) var nodes: [ONNXNode] = []
    /// The constants by name.
    package private(set) var constants: [Name: Constant] = [:]
    /// The names of the graph's inputs that are no constants.
    package private(set) var inputs: [String] = []
    /// The names of the graph's outputs.
    package private(set) var outputs: [String] = []
    /// The texts that the file carries.
    package private(set) var metadata: [String: String] = [:]
    private let file: MappedFile
    private var others: [String: MappedFile] = [:]

    /// Maps a model and reads its graph.
    ///
    /// - Throws: ``FormatError/malformedFile(path:offset:reason:)`` or ``FormatError/checkpoint(_:)``.
    package init(path: String) throws(FormatError) {
        self.path = path
        let file = try wrapping { () throws(CheckpointError) in try MappedFile(path: path) }
        self.file = file
        var wrong: FormatError?
        var model = Reader(path: path)
        try wrapping { () throws(CheckpointError) in
            try file.withBytes { bytes throws(CheckpointError) in
                do throws(FormatError) {
                    try model.readModel(bytes)
                } catch {
                    wrong = error
                }
            }
        }
        if let wrong { throw wrong }
        nodes = model.nodes
        outputs = model.outputs
        metadata = model.metadata
        for tensor in model.tensors {
            constants[Name(tensor.name)] = try constant(tensor)
        }
        inputs = model.inputs.filter { constants[Name($0)] == nil }
    }

    /// The bytes of a constant; they need not be aligned.
    ///
    /// - Throws: ``FormatError/checkpoint(_:)``.
    package func bytes(_ constant: Constant) throws(FormatError) -> StoredBytes {
        try wrapping { () throws(CheckpointError) in
            try unsafe StoredBytes(constant.file.buffer(constant.range), owner: constant.file)
        }
    }

    /// Checks where a constant says that it lies.
    private mutating func constant(_ tensor: Reader.Tensor) throws(FormatError) -> Constant {
        func malformed(_ reason: String) -> FormatError {
            .malformedFile(path: path, offset: tensor.offset, reason: "'\(tensor.name)' \(reason)")
        }
        guard let element = ONNXElement(rawValue: tensor.element) else {
            throw malformed("has elements of the type \(tensor.element)")
        }
        var needed = element.byteCount
        for extent in tensor.shape {
            let (product, overflow) = needed.multipliedReportingOverflow(by: extent)
            guard extent >= 0, !overflow else { throw malformed("has the shape \(tensor.shape)") }
            needed = product
        }
        if let range = tensor.content {
            guard range.count == needed else {
                throw malformed("has \(range.count) bytes, its shape needs \(needed)")
            }
            return Constant(element: element, shape: tensor.shape, file: file, range: range)
        }
        guard let location = tensor.location["location"], !location.isEmpty,
            !location.contains("/"), location != "..",
            let start = Int(tensor.location["offset"] ?? "0"),
            let length = Int(tensor.location["length"] ?? String(needed)),
            start >= 0, length == needed
        else { throw malformed("lies at \(tensor.location), which is no place for it") }
        if others[location] == nil {
            let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
            others[location] = try wrapping { () throws(CheckpointError) in
                try MappedFile(path: folder + location)
            }
        }
        guard let other = others[location], start <= other.count, length <= other.count - start
        else { throw malformed("ends behind the end of \(location)") }
        return Constant(
            element: element,
            shape: tensor.shape,
            file: other,
            range: start..<(start + length)
        )
    }
}

extension ONNXFile {
    /// What the messages say, before it is checked.
    private struct Reader {
        struct Tensor {
            var name = ""
            var element = 0
            var shape: [Int] = []
            var content: Range<Int>?
            var location: [String: String] = [:]
            var offset = 0
        }

        let path: String
        var nodes: [ONNXNode] = []
        var tensors: [Tensor] = []
        var inputs: [String] = []
        var outputs: [String] = []
        var metadata: [String: String] = [:]

        private func forEachField(
            _ bytes: RawSpan,
            _ range: Range<Int>,
            _ body: (WireField) throws(FormatError) -> Void
        ) throws(FormatError) {
            var wrong: FormatError?
            do throws(ProtoError) {
                try bytes.forEachWireField(in: range, of: "ModelProto") { field in
                    guard wrong == nil else { return }
                    do throws(FormatError) { try body(field) } catch { wrong = error }
                }
            } catch {
                throw .malformedFile(
                    path: path,
                    offset: range.lowerBound,
                    reason: error.description
                )
            }
            if let wrong { throw wrong }
        }

        private func text(_ bytes: RawSpan, _ range: Range<Int>) -> String {
            unsafe bytes.extracting(range).withUnsafeBytes {
                unsafe String(decoding: $0, as: UTF8.self)
            }
        }

        mutating func readModel(_ bytes: RawSpan) throws(FormatError) {
            var graph: Range<Int>?
            var texts: [String: String] = [:]
            try forEachField(bytes, 0..<bytes.byteCount) { field throws(FormatError) in
                guard field.type == .lengthDelimited else { return }
                if field.number == 7 { graph = field.content }
                if field.number == 14 {
                    let pair = try self.pair(bytes, field.content)
                    texts[pair.0] = pair.1
                }
            }
            metadata = texts
            guard let graph else {
                throw .malformedFile(path: path, offset: 0, reason: "there is no graph")
            }
            var found: [WireField] = []
            try forEachField(bytes, graph) { field in
                if field.type == .lengthDelimited { found.append(field) }
            }
            for field in found {
                switch field.number {
                case 1: nodes.append(try node(bytes, field.content))
                case 5: tensors.append(try tensor(bytes, field.content))
                case 11: inputs.append(try name(bytes, field.content))
                case 12: outputs.append(try name(bytes, field.content))
                default: break
                }
            }
        }

        private func pair(
            _ bytes: RawSpan,
            _ range: Range<Int>
        ) throws(FormatError) -> (String, String) {
            var pair = ("", "")
            try forEachField(bytes, range) { field in
                if field.number == 1 { pair.0 = text(bytes, field.content) }
                if field.number == 2 { pair.1 = text(bytes, field.content) }
            }
            return pair
        }

        private func name(
            _ bytes: RawSpan,
            _ range: Range<Int>
        ) throws(FormatError) -> String {
            try pair(bytes, range).0
        }

        private func node(
            _ bytes: RawSpan,
            _ range: Range<Int>
        ) throws(FormatError) -> ONNXNode {
            var (inputs, outputs): ([String], [String]) = ([], [])
            var (name, operation) = ("", "")
            var attributes: [String: ONNXAttribute] = [:]
            try forEachField(bytes, range) { field throws(FormatError) in
                guard field.type == .lengthDelimited else { return }
                switch field.number {
                case 1: inputs.append(text(bytes, field.content))
                case 2: outputs.append(text(bytes, field.content))
                case 3: name = text(bytes, field.content)
                case 4: operation = text(bytes, field.content)
                case 5:
                    let (key, value) = try attribute(bytes, field.content)
                    attributes[key] = value
                default: break
                }
            }
            return ONNXNode(
                name: name,
                operation: operation,
                inputs: inputs,
                outputs: outputs,
                attributes: attributes
            )
        }

        private func attribute(
            _ bytes: RawSpan,
            _ range: Range<Int>
        ) throws(FormatError) -> (String, ONNXAttribute) {
            var name = ""
            var value: ONNXAttribute?
            var integers: [Int] = []
            try forEachField(bytes, range) { field in
                switch (field.number, field.type) {
                case (1, .lengthDelimited): name = text(bytes, field.content)
                case (2, .fixed32):
                    let bits = unsafe bytes.unsafeLoadUnaligned(
                        fromByteOffset: field.content.lowerBound,
                        as: UInt32.self
                    )
                    value = .float(Float(bitPattern: bits.littleEndian))
                case (3, .varint): value = .integer(Int(truncatingIfNeeded: field.varint))
                case (4, .lengthDelimited): value = .text(text(bytes, field.content))
                case (8, .varint): integers.append(Int(truncatingIfNeeded: field.varint))
                default: break
                }
            }
            return (name, value ?? .integers(integers))
        }

        private func tensor(
            _ bytes: RawSpan,
            _ range: Range<Int>
        ) throws(FormatError) -> Tensor {
            var tensor = Tensor()
            tensor.offset = range.lowerBound
            try forEachField(bytes, range) { field throws(FormatError) in
                switch (field.number, field.type) {
                case (1, .varint): tensor.shape.append(Int(truncatingIfNeeded: field.varint))
                case (2, .varint): tensor.element = Int(truncatingIfNeeded: field.varint)
                case (8, .lengthDelimited): tensor.name = text(bytes, field.content)
                case (9, .lengthDelimited): tensor.content = field.content
                case (13, .lengthDelimited):
                    let entry = try pair(bytes, field.content)
                    tensor.location[entry.0] = entry.1
                default: break
                }
            }
            return tensor
        }
    }
}
