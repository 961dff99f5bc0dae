import Checkpoint
import Convert
import Proto
import ToolSupport

/// The values of one tensor.
struct TensorView {
    private let view: OpenTensors

    init(_ view: OpenTensors) { self.view = view }

    func run(_ name: String) throws -> ExitCode {
        guard
            let tensor = view.source.tensor(named: name)
                ?? view.source.tensors.first(where: { Name($0.name) == Name(name) })
        else {
            let near = view.source.tensors.map(\.name).filter { $0.contains(name) }.prefix(5)
            throw ToolError(
                .usage,
                file: view.path,
                "there is no tensor '\(name.printable)'"
                    + (near.isEmpty
                        ? "; 'inspect PATH' lists them"
                        : "; is it " + near.map(\.printable).joined(separator: ", ") + "?")
            )
        }
        let selection: TensorSelection
        do {
            selection =
                try view.options[InspectOptions.slice].map {
                    try TensorSelection($0, of: tensor.shape)
                } ?? TensorSelection(all: tensor.shape)
        } catch {
            throw ToolError(.usage, error)
        }
        let isFull = view.options[InspectOptions.full]
        if tensor.dataType == .string {
            let strings = try ToolError.about(nil) { try view.source.strings(of: tensor) }
            guard view.options[InspectOptions.npy] == nil else {
                throw ToolError(
                    .usage,
                    ConversionError.noSuchForm(tensor: name, type: tensor.dataType.name)
                )
            }
            let values = selection.indices.map { JSONValue.text(TensorText.quoted(strings[$0])) }
            return try show(
                tensor,
                selection,
                values,
                TensorText.text(strings, selection, isFull: isFull)
            )
        }
        // What does not match its checksum is an error here, and nothing of it is shown.
        let bytes = try ToolError.about(nil) {
            try view.source.bytes(of: tensor, verifies: true)
        }
        if let path = view.options[InspectOptions.npy] {
            try ToolError.about(nil) {
                try unsafe TensorArrayFile.write(
                    bytes.buffer.bytes,
                    tensor,
                    selection,
                    to: path,
                    replacing: view.options[RunOptions.force]
                )
                try bytes.checkIntact()
            }
            return .done
        }
        let text = unsafe TensorText.text(bytes.buffer.bytes, tensor, selection, isFull: isFull)
        let values = unsafe values(bytes.buffer.bytes, tensor, selection)
        try ToolError.about(nil) { try bytes.checkIntact() }
        return try show(tensor, selection, values, text)
    }

    private func show(
        _ tensor: TensorEntry,
        _ selection: TensorSelection,
        _ values: [JSONValue],
        _ text: String
    ) throws -> ExitCode {
        guard view.options[RunOptions.json] else {
            try StandardOutput.line(text)
            return .done
        }
        try StandardOutput.write(
            document(
                "tensor",
                view.path,
                [
                    .init("name", .text(tensor.name)), .init("dtype", .text(tensor.dataType.name)),
                    .init("shape", .shape(selection.shape)), .init("values", .array(values)),
                ]
            )
        )
        return .done
    }

    /// The values in row-major order; of a complex number its two parts.
    private func values(
        _ bytes: RawSpan,
        _ tensor: TensorEntry,
        _ selection: TensorSelection
    ) -> [JSONValue] {
        guard view.options[RunOptions.json] else { return [] }
        let indices = selection.indices
        if tensor.dataType == .complex64 || tensor.dataType == .complex128,
            let part = NumberFormat(tensor.dataType == .complex64 ? .float32 : .float64)
        {
            return indices.map { index in
                [
                    .number(part.number(bytes, at: 2 * index)),
                    .number(part.number(bytes, at: 2 * index + 1)),
                ]
            }
        }
        guard let format = NumberFormat(tensor.dataType) else { return [] }
        return indices.map { index in
            if tensor.dataType == .bool { return .bool(format.integer(bytes, at: index) != 0) }
            if format.isFloatingPoint { return .number(format.number(bytes, at: index)) }
            let number = format.integer(bytes, at: index)
            return Int(exactly: number).map { .integer($0) } ?? .text("\(number)")
        }
    }
}
