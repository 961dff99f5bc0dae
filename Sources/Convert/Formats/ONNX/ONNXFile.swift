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
    package private(set) var constants: [Name: Constant] = [:]
    /// The graph's inputs that are no constants.
    package private(set) var inputValues: [ONNXValue] = []
    /// The names of the graph's outputs.
    package private(set) var outputs: [String] = []
    /// The version of the operators; 1 where the file states none.
    package private(set) var operatorSet = 1
    /// What wrote the model.
    package private(set) var producer = ""
    /// The texts that the file carries.
    package private(set) var metadata: [String: String] = [:]
    /// The files beside the model that its constants lie in.
    package var otherPaths: [String] { others.values.map(\.path).sorted() }
    /// The names of the graph's inputs that are no constants.
    package var inputs: [String] { inputValues.map(\.name) }
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
        var model = ONNXReader(path: path)
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
        operatorSet = model.operatorSet
        producer = model.producer
        for tensor in model.tensors {
            constants[Name(tensor.name)] = try constant(tensor)
        }
        inputValues = model.inputs.filter { constants[Name($0.name)] == nil }
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
    private mutating func constant(_ tensor: ONNXReader.Tensor) throws(FormatError) -> Constant {
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
            place: .mapped(other, start..<(start + length))
        )
    }
}
