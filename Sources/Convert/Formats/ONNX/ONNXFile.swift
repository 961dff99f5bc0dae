package import Checkpoint
internal import Proto

/// An ONNX model as it lies on disk: read back without anything that wrote it.
///
/// The constants stay where they are mapped, in the model or in the files beside it that it names.
package struct ONNXFile: Sendable {
    /// A constant: its type, its extents and its place.
    package struct Constant: Sendable {
        package let element: ONNXElement
        package let shape: [Int]
        let place: Place

        enum Place: Sendable {
            case mapped(MappedFile, Range<Int>)
            /// Values that the model does not state as bytes, brought into that form.
            case bytes([UInt8])
        }
    }

    package let path: String
    /// The operators, in the order of the file.
    package private(set) var nodes: [ONNXNode] = []
    /// The constants by name.
    package private(set) var constants: [ByteName: Constant] = [:]
    /// The graph's inputs that are no constants.
    package private(set) var inputValues: [ONNXValue] = []
    /// The names of the graph's outputs.
    package private(set) var outputs: [ByteName] = []
    /// The version of the operators; 1 where the file states none.
    package var operatorSet: Int { message.operatorSet }
    /// What wrote the model.
    package var producer: String { message.producer }
    /// The texts that the file carries.
    package var metadata: [String: String] { message.metadata }
    /// The files beside the model that its constants lie in.
    package var otherPaths: [String] { others.values.map(\.path).sorted() }
    /// The names of the graph's inputs that are no constants.
    package var inputs: [ByteName] { inputValues.map(\.name) }
    private let message: ONNXMessage
    private let file: MappedFile
    private var others: [Name: MappedFile] = [:]

    /// Maps a model and reads its graph.
    ///
    /// - Throws: ``FormatError/malformedFile(path:offset:reason:)`` or ``FormatError/checkpoint(_:)``.
    package init(path: String) throws(FormatError) {
        self.path = path
        let file = try wrapping { () throws(CheckpointError) in try MappedFile(path: path) }
        self.file = file
        let read = try wrapping { () throws(CheckpointError) in
            try file.withBytes { bytes throws(CheckpointError) in
                Result { () throws(ProtoError) in
                    let message = try ONNXMessage(bytes)
                    return (message, try message.graph(in: bytes))
                }
            }
        }
        let graph: ONNXGraph?
        do throws(ProtoError) { (message, graph) = try read.get() } catch {
            throw .malformedFile(path: path, offset: 0, reason: error.description)
        }
        guard let graph else {
            throw .malformedFile(path: path, offset: 0, reason: "there is no graph")
        }
        nodes = graph.nodes
        outputs = graph.outputs.map(\.name)
        for tensor in graph.initializers + graph.stated {
            constants[tensor.name] = try constant(tensor)
        }
        inputValues = graph.inputs.filter { constants[$0.name] == nil }
    }

    /// The bytes of a constant; they need not be aligned.
    ///
    /// - Throws: ``FormatError/checkpoint(_:)``.
    package func bytes(_ constant: Constant) throws(FormatError) -> StoredBytes {
        switch constant.place {
        case .bytes(let bytes): StoredBytes(bytes)
        case .mapped(let file, let range):
            try wrapping { () throws(CheckpointError) in
                try unsafe StoredBytes(file.buffer(range), owner: file)
            }
        }
    }

    /// Checks where a constant says that it lies.
    private mutating func constant(_ tensor: ONNXTensor) throws(FormatError) -> Constant {
        func malformed(_ reason: String) -> FormatError {
            .malformedFile(path: path, offset: tensor.offset, reason: "'\(tensor.name)' \(reason)")
        }
        guard let element = ONNXElement(rawValue: tensor.typeNumber) else {
            throw malformed("has elements of the type \(tensor.typeNumber)")
        }
        var needed = element.byteCount
        for extent in tensor.shape {
            let (product, overflow) = needed.multipliedReportingOverflow(by: extent)
            guard extent >= 0, !overflow else { throw malformed("has the shape \(tensor.shape)") }
            needed = product
        }
        func checked(_ count: Int) throws(FormatError) {
            guard count == needed else {
                throw malformed("has \(count) bytes, its shape needs \(needed)")
            }
        }
        if let range = tensor.content {
            try checked(range.count)
            return Constant(element: element, shape: tensor.shape, place: .mapped(file, range))
        }
        if tensor.location.isEmpty {
            guard let bytes = tensor.values(element) else {
                throw malformed("states values that are not \(element.type.name)")
            }
            try checked(bytes.count)
            return Constant(element: element, shape: tensor.shape, place: .bytes(bytes))
        }
        guard let location = tensor.location["location"], !location.isEmpty,
            !location.contains("/"), location != "..",
            let start = Int(tensor.location["offset"] ?? "0"),
            let length = Int(tensor.location["length"] ?? String(needed)),
            start >= 0, length == needed
        else { throw malformed("lies at \(tensor.location), which is no place for it") }
        if others[Name(location)] == nil {
            let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
            others[Name(location)] = try wrapping { () throws(CheckpointError) in
                try MappedFile(path: folder + location)
            }
        }
        guard let other = others[Name(location)], start <= other.count,
            length <= other.count - start
        else { throw malformed("ends behind the end of \(location)") }
        return Constant(
            element: element,
            shape: tensor.shape,
            place: .mapped(other, start..<(start + length))
        )
    }
}
