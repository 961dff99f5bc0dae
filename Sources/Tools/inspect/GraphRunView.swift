import Checkpoint
import Convert
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
        let (values, notes) = try ToolError.about(graphIn: path) {
            let source = try GraphSource(path, request)
            return try source.values(of: fetches.map(\.name), request)
        }
        for note in notes { diagnostics.note(note) }
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
