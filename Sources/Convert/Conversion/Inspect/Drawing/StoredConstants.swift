internal import Checkpoint
internal import Formats
internal import Proto

/// The constants of an ONNX model that can be read, for a drawing.
struct StoredConstants {
    private let source: ONNXConstants?
    private var entries: [ByteName: TensorEntry] = [:]
    private var reasons: [ByteName: String] = [:]

    /// The constants of a model; those of one that is damaged cannot be read.
    init(path: String) {
        source = try? ONNXConstants(path: path)
        for entry in source?.tensors ?? [] { entries[ByteName(entry.key)] = entry }
        for array in source?.unread ?? [] { reasons[ByteName(array.key)] = array.reason }
    }

    /// Adds a constant to a drawing's tensors.
    func add(_ constant: ONNXTensor, as text: String, to tensors: inout DrawnTensors) {
        if let source, let entry = entries[constant.name] {
            tensors.add(text, type: entry.dataType, shape: entry.shape) {
                try source.bytes(of: entry, verifies: true)
            }
            return
        }
        let number = constant.typeNumber
        tensors.add(
            text,
            type: nil,
            typeName: number > 0 ? ONNXElement.typeName(number) : nil,
            shape: constant.shape,
            remark: reasons[constant.name].map { DrawnText.clipped($0) } ?? "",
            bytes: nil
        )
    }
}
