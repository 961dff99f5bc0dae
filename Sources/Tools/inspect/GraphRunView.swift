import Base
import Checkpoint
import Convert
import Engine
import Networks
import Proto
import Reference
import ToolSupport

/// Any tensors of any graph, computed from what is fed.
struct GraphRunView {
    private let path: String
    private let options: ParsedOptions
    private let diagnostics: Diagnostics

    init(path: String, _ options: ParsedOptions, _ diagnostics: Diagnostics) {
        self.path = path
        self.options = options
        self.diagnostics = diagnostics
    }

    /// Whether the command line asks for tensors to be computed.
    static func isAsked(_ options: ParsedOptions) -> Bool {
        !options[InspectOptions.fetch].isEmpty
    }

    func run() throws -> ExitCode {
        var request = try GraphOptions.request(options)
        request.checkpoint = options[InspectOptions.checkpoint]
        let fetches = options[InspectOptions.fetch].map { text -> (name: String, file: String?) in
            guard let sign = text.firstIndex(of: "="), sign > text.startIndex else {
                return (text, nil)
            }
            let file = String(text[text.index(after: sign)...])
            return (String(text[..<sign]), file.isEmpty ? nil : file)
        }
        ThreadCount.set(options[RunOptions.threads])
        let values = try values(of: fetches.map(\.name), request)
        var members: [JSONValue.Member] = []
        for (fetch, value) in zip(fetches, values) {
            let entry = TensorEntry(
                array: Array(fetch.name.utf8),
                value.type,
                shape: value.shape,
                offset: 0,
                byteCount: 0
            )
            let selection = TensorSelection(all: value.shape)
            if let file = fetch.file {
                guard let bytes = value.bytes else {
                    throw ToolError(
                        .usage,
                        ConversionError.noSuchForm(tensor: fetch.name, type: value.type.name)
                    )
                }
                try ToolError.about(nil) {
                    try unsafe TensorArrayFile.write(
                        bytes.span.bytes,
                        entry,
                        selection,
                        to: file,
                        replacing: options[RunOptions.force]
                    )
                }
            }
            members.append(
                .init(
                    fetch.name,
                    [
                        "dtype": .text(value.type.name), "shape": .shape(value.shape),
                        "file": fetch.file.map { .text($0) } ?? .null,
                    ]
                )
            )
            guard !options[RunOptions.json], fetch.file == nil else { continue }
            if fetches.count > 1 { try StandardOutput.line("\(fetch.name.printable):") }
            try StandardOutput.line(text(value, entry, selection))
        }
        if options[RunOptions.json] {
            try StandardOutput.write(
                document("tensors", path, [.init("tensors", .object(members))])
            )
        }
        return .done
    }

    private func values(
        of tensors: [String],
        _ request: ImportOptions
    ) throws -> [ReferenceTensor] {
        try ToolError.about(graphIn: path) {
            let source = try GraphSource(path, request)
            guard options[InspectOptions.by] == .engine else {
                let (values, notes) = try source.values(of: tensors, request)
                for note in notes { diagnostics.note(note) }
                return values
            }
            let execution = ExecutionOptions(math: options[EngineOptions.math])
            let found = try source.valuesByEngine(of: tensors, request, execution)
            for note in found.notes { diagnostics.note(note) }
            let slow = found.byReference.sorted { $0.key < $1.key }
            diagnostics.note(
                "\(found.native.values.reduce(0, +)) operations as layers, "
                    + "\(found.byReference.values.reduce(0, +)) by reference"
                    + (slow.isEmpty
                        ? "" : ": " + slow.map { "\($0.value) \($0.key)" }.joined(separator: ", "))
            )
            return found.values
        }
    }

    private func text(
        _ value: ReferenceTensor,
        _ entry: TensorEntry,
        _ selection: TensorSelection
    ) -> String {
        let isFull = options[InspectOptions.full]
        if case .string(let strings) = value.elements {
            return TensorText.text(strings, selection, isFull: isFull)
        }
        let bytes = value.bytes ?? []
        return unsafe TensorText.text(bytes.span.bytes, entry, selection, isFull: isFull)
    }
}
