import Checkpoint
import Convert
import Foundation
import Proto
import ToolSupport

/// What is shown of a file of records.
struct RecordView {
    let path: String
    let options: ParsedOptions
    let diagnostics: Diagnostics

    init(path: String, _ options: ParsedOptions, _ diagnostics: Diagnostics) {
        self.path = path
        self.options = options
        self.diagnostics = diagnostics
    }

    func run() throws -> ExitCode {
        if let index = options[InspectOptions.image] { return try writePicture(index) }
        if let index = options[InspectOptions.record] {
            let record = try record(index)
            return try show(record.bytes.array, index: index)
        }
        if let page = options[InspectOptions.html] {
            try RecordPage(path).write(to: page, replacing: options[RunOptions.force])
            return .done
        }
        let summary = try ToolError.about(nil) {
            try RecordSummary(path: path, threads: options[RunOptions.threads])
        }
        let isBroken = !summary.faults.isEmpty
        if options[RunOptions.json] {
            try StandardOutput.write(document("records", path, members(summary)))
        } else {
            try StandardOutput.write(text(summary))
        }
        for fault in summary.faults { diagnostics.error(fault) }
        return isBroken ? .file : .done
    }

    /// Shows a file that is one Example.
    func example() throws -> ExitCode {
        let file = try ToolError.about(nil) { try MappedFile(path: path) }
        let bytes = try ToolError.about(nil) {
            try file.withBytes { bytes throws(CheckpointError) in
                unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
            }
        }
        return try show(bytes, index: nil)
    }

    private func record(_ index: Int) throws -> Record {
        let reader = try ToolError.about(nil) { try RecordReader(path: path) }
        while true {
            // A damaged record before the one that is wanted does not hide it.
            let record: Record?
            do throws(CheckpointError) { record = try reader.next() } catch {
                if case .malformedRecord(_, let place, _, _) = error, place < index,
                    reader.canContinue
                {
                    continue
                }
                throw ToolError(.file, error)
            }
            guard let record else {
                throw ToolError(.usage, file: path, "there is no record \(index)")
            }
            if record.index == index { return record }
        }
    }

    private func show(_ bytes: [UInt8], index: Int?) throws -> ExitCode {
        let example = try? unsafe Example(bytes.span.bytes)
        let lists = (try? unsafe FeatureLists(bytes.span.bytes))?.lists ?? []
        guard let example, !example.names.isEmpty || !lists.isEmpty || bytes.isEmpty else {
            guard options[RunOptions.json] else {
                try StandardOutput.line("\(bytes.count) bytes, which are no Example:")
                try StandardOutput.line(
                    TensorText.quoted([UInt8](bytes.prefix(1000)))
                        + (bytes.count > 1000 ? "..." : "")
                )
                return .done
            }
            try StandardOutput.write(
                document(
                    "record",
                    path,
                    [
                        .init("record", index.map { .integer($0) } ?? .null),
                        .init("bytes", .integer(bytes.count)), .init("features", .null),
                    ]
                )
            )
            return .done
        }
        guard options[RunOptions.json] else {
            let width = example.names.map(\.count).max() ?? 0
            for name in example.names.sortedByBytes() {
                let gap = String(repeating: " ", count: width - name.count)
                try StandardOutput.line(
                    "\(name.printable)\(gap)  \(text(example[name] ?? .none))"
                )
            }
            for (name, features) in lists {
                try StandardOutput.line("\(name.printable): \(grouped(features.count)) steps")
                for (step, feature) in features.enumerated() {
                    try StandardOutput.line("  \(step)  \(text(feature))")
                }
            }
            return .done
        }
        let features = example.names.sortedByBytes().map {
            JSONValue.Member($0, values(example[$0] ?? .none))
        }
        let steps = lists.map { name, features in
            JSONValue.Member(name, .array(features.map(values)))
        }
        try StandardOutput.write(
            document(
                index == nil ? "example" : "record",
                path,
                [
                    .init("record", index.map { .integer($0) } ?? .null),
                    .init("bytes", .integer(bytes.count)), .init("features", .object(features)),
                ] + (steps.isEmpty ? [] : [.init("feature_lists", .object(steps))])
            )
        )
        return .done
    }

    private func text(_ feature: Example.Feature) -> String {
        let limit = options[InspectOptions.full] ? Int.max : 10
        func list(_ words: [String]) -> String {
            "[\(words.prefix(limit).joined(separator: ", "))\(words.count > limit ? ", ..." : "")]"
        }
        switch feature {
        case .none: return "empty"
        case .integers(let values):
            return "int64 \(values.count)  \(list(values.prefix(1000).map(String.init)))"
        case .floats(let values):
            return "float \(values.count)  \(list(values.map { "\($0)" }))"
        case .bytes(let values):
            let words = values.map { bytes in
                bytes.count <= 80 || options[InspectOptions.full]
                    ? TensorText.quoted(bytes)
                    : "\(grouped(bytes.count)) bytes \(TensorText.quoted(Array(bytes.prefix(16))))..."
            }
            return "bytes \(values.count)  \(list(words))"
        }
    }

    /// Values as plain lists; bytes that are text as it, others as Python writes them.
    private func values(_ feature: Example.Feature) -> JSONValue {
        switch feature {
        case .none: .array([])
        case .integers(let values): .array(values.map { .integer(Int($0)) })
        case .floats(let values): .array(values.map { .number(Double($0)) })
        case .bytes(let values):
            .array(
                values.map { bytes in
                    .text(String(validating: bytes, as: UTF8.self) ?? TensorText.quoted(bytes))
                }
            )
        }
    }

    private func writePicture(_ index: Int) throws -> ExitCode {
        let record = try record(index)
        let example = try ToolError.about("\(path): record \(index)") {
            try unsafe Example(record.bytes.buffer.bytes)
        }
        let usual = [RecordSummary.pictureKey, "image"].first { example[$0] != nil }
        let key = options[RecordOptions.imageKey] ?? usual ?? RecordSummary.pictureKey
        guard case .bytes(let values) = example[key], values.count == 1, let bytes = values.first
        else {
            let found = example[key].map { feature in
                if case .bytes(let values) = feature { return "it holds \(values.count) strings" }
                return "it is \(feature.typeName)"
            }
            throw ToolError(
                .file,
                file: path,
                "record \(index) has no picture under '\(key)'"
                    + (found.map { ": \($0)" }
                        ?? ": it holds \(example.names.joined(separator: ", ")); --image-key says which")
            )
        }
        let ending = PictureEnding(bytes).rawValue
        let output = options[InspectOptions.output] ?? "record-\(index).\(ending)"
        guard options[RunOptions.force] || !FileManager.default.fileExists(atPath: output) else {
            throw ToolError(.file, file: output, "it exists; --force replaces it")
        }
        try ToolError.about(nil) { try AtomicFile.write(bytes, to: output) }
        try StandardOutput.line("\(output): \(grouped(bytes.count)) bytes")
        return .done
    }

    private func text(_ summary: RecordSummary) -> String {
        var text = "\(path): \(grouped(summary.count)) records, \(byteText(summary.byteCount))"
        if summary.compression != .none { text += ", \(summary.compression.rawValue)" }
        text += "\n"
        if summary.otherCount > 0 {
            text += "\(grouped(summary.otherCount)) of them are no Example\n"
        }
        if !summary.keys.isEmpty {
            var table = Table(
                [.left, .left, .right, .right, .right],
                titles: ["feature", "type", "least", "most", "records"]
            )
            for (name, key) in summary.keys.sorted(by: { $0.key < $1.key }) {
                let unit = key.countsBytes ? " B" : ""
                table.append([
                    name.text, key.type, grouped(key.minimumLength) + unit,
                    grouped(key.maximumLength) + unit, grouped(key.records),
                ])
            }
            text += table.text
        }
        if !summary.lists.isEmpty {
            var table = Table(
                [.left, .left, .right, .right, .right],
                titles: ["list of steps", "type", "least", "most", "records"]
            )
            for (name, key) in summary.lists.sorted(by: { $0.key < $1.key }) {
                table.append([
                    name.text, key.type, grouped(key.minimumLength), grouped(key.maximumLength),
                    grouped(key.records),
                ])
            }
            text += table.text
        }
        if !summary.labels.isEmpty {
            var table = Table([.right, .right, .left], titles: ["label", "records", ""])
            let most = summary.labels.values.max() ?? 1
            for (label, count) in summary.labels.sorted(by: { $0.key < $1.key }) {
                let bar = String(repeating: "█", count: max(1, count * 40 / most))
                table.append(["\(label)", grouped(count), bar])
            }
            text += table.text
        }
        if options[InspectOptions.verify], summary.faults.isEmpty {
            text += "whole: every checksum is right\n"
        }
        return text
    }

    private func members(_ summary: RecordSummary) -> [JSONValue.Member] {
        let keys = summary.keys.sorted { $0.key < $1.key }.map { name, key in
            JSONValue.Member(
                name.text,
                [
                    "type": .text(key.type), "min_length": .integer(key.minimumLength),
                    "max_length": .integer(key.maximumLength),
                    "length_of": .text(key.countsBytes ? "bytes" : "values"),
                    "records": .integer(key.records),
                ]
            )
        }
        let lists = summary.lists.sorted { $0.key < $1.key }.map { name, key in
            JSONValue.Member(
                name.text,
                [
                    "type": .text(key.type), "min_steps": .integer(key.minimumLength),
                    "max_steps": .integer(key.maximumLength), "records": .integer(key.records),
                ]
            )
        }
        let labels = summary.labels.sorted { $0.key < $1.key }.map {
            JSONValue.Member("\($0.key)", .integer($0.value))
        }
        return [
            .init("records", .integer(summary.count)), .init("bytes", .integer(summary.byteCount)),
            .init("compression", .text(summary.compression.rawValue)),
            .init("not_examples", .integer(summary.otherCount)), .init("keys", .object(keys)),
            .init("lists", .object(lists)),
            .init("labels", .object(labels)), .init("intact", .bool(summary.faults.isEmpty)),
            .init("faults", .array(summary.faults.map { .text("\($0)") })),
        ]
    }
}

/// The ending of a picture file, told from its first bytes.
enum PictureEnding: String {
    case jpeg = "jpg"
    case png
    case gif
    case other = "bin"

    init(_ bytes: [UInt8]) {
        if bytes.starts(with: [0xFF, 0xD8]) {
            self = .jpeg
        } else if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) {
            self = .png
        } else {
            self = bytes.starts(with: Array("GIF8".utf8)) ? .gif : .other
        }
    }

    /// What the web calls pictures of this kind.
    var mediaType: String { self == .jpeg ? "image/jpeg" : "image/\(rawValue)" }
}
