import Checkpoint
import Convert
import Networks
import Proto
import ToolSupport

/// The tensors of a checkpoint, as a tree, a list or JSON.
struct TensorListing {
    private let tensors: [CheckpointSummary.Tensor]
    private let statistics: [[UInt8]: Result<TensorStatistics, CheckpointError>]
    private let isFlat: Bool
    private let order: InspectOptions.SortOrder

    init(_ summary: CheckpointSummary, _ source: any TensorSource, _ options: ParsedOptions) throws
    {
        var tensors = summary.tensors
        if let pattern = options[InspectOptions.filter] {
            guard let regex = NamePattern(pattern) else {
                throw UsageError([
                    .wrongValue(
                        option: options.spelling(of: InspectOptions.filter),
                        value: pattern,
                        expected: "a regular expression"
                    )
                ])
            }
            tensors = tensors.filter { regex.matches(in: $0.entry.name) }
        }
        order = options[InspectOptions.sort]
        isFlat = options[InspectOptions.flat] || options[InspectOptions.stats]
        switch order {
        case .name: break
        case .size: tensors.sort { $0.byteCount > $1.byteCount }
        case .offset:
            tensors.sort { ($0.entry.shard, $0.entry.offset) < ($1.entry.shard, $1.entry.offset) }
        }
        self.tensors = tensors
        var statistics: [[UInt8]: Result<TensorStatistics, CheckpointError>] = [:]
        if options[InspectOptions.stats] {
            for tensor in tensors {
                guard let format = NumberFormat(tensor.entry.dataType) else { continue }
                do throws(CheckpointError) {
                    let bytes = try source.bytes(of: tensor.entry, verifies: true)
                    let found = unsafe TensorStatistics(
                        bytes.buffer.bytes,
                        count: tensor.entry.elementCount,
                        format
                    )
                    try bytes.checkIntact()
                    statistics[tensor.entry.key] = .success(found)
                } catch {
                    statistics[tensor.entry.key] = .failure(error)
                }
            }
        }
        self.statistics = statistics
    }

    /// Whether there is nothing to list.
    var isEmpty: Bool { tensors.isEmpty }

    /// Whether the bytes of a tensor could not be read.
    var hasUnreadable: Bool {
        statistics.values.contains { if case .failure = $0 { true } else { false } }
    }

    var text: String {
        guard isFlat else { return tree }
        // The name comes last, so that a long one does not push everything else out of sight.
        var table = Table(
            [.left, .left, .right, .right, .right, .left, .left],
            titles: tensors.isEmpty ? nil : Array(Self.titles.dropFirst()) + Self.titles.prefix(1)
        )
        for tensor in tensors {
            table.append(
                Array(cells(tensor, name: tensor.entry.name).dropFirst()) + [tensor.entry.name]
            )
        }
        guard !statistics.isEmpty else { return table.text }
        let lines = table.text.split(separator: "\n")
        var text = lines.first.map { $0 + "\n" } ?? ""
        for (line, tensor) in zip(lines.dropFirst(), tensors) {
            text += line + "\n"
            switch statistics[tensor.entry.key] {
            case .success(let found): text += describe(found, tensor)
            case .failure(let error): text += "    cannot be read: \(error)\n"
            case nil: break
            }
        }
        return text
    }

    /// The heads of the columns; the last one tells in how many parts a tensor lies.
    private static let titles = ["tensor", "type", "shape", "bytes", "file", "offset", ""]

    private func cells(_ tensor: CheckpointSummary.Tensor, name: String) -> [String] {
        let entry = tensor.entry
        let isWhole = entry.slices.isEmpty
        return [
            name, entry.dataType.name, shapeText(entry.shape), byteText(Int(tensor.byteCount)),
            isWhole ? "\(entry.shard)" : "-", isWhole ? "\(entry.offset)" : "-",
            entry.slices.count > 1 ? "in \(entry.slices.count) parts" : "",
        ]
    }

    private func describe(_ found: TensorStatistics, _ tensor: CheckpointSummary.Tensor) -> String {
        guard found.count > 0 else { return "    empty\n" }
        func short(_ number: Double) -> String {
            number.isFinite ? "\(Float(number))" : "\(number)"
        }
        var line =
            "    min \(short(found.minimum))  max \(short(found.maximum))  "
            + "mean \(short(found.mean))  std \(short(found.deviation))  "
            + "L2 \(short(found.norm))  zeros \(grouped(found.zeros))"
        if found.nans > 0 { line += "  NaN \(grouped(found.nans))" }
        if found.infinities > 0 { line += "  infinite \(grouped(found.infinities))" }
        let suspicions = found.suspicions(tensor.role, name: tensor.entry.name)
        if !suspicions.isEmpty { line += "  ! " + suspicions.joined(separator: ", ") }
        return line + "\n    |\(found.histogramText)|\n"
    }

    private var tree: String {
        var root = TensorTree()
        for (index, tensor) in tensors.enumerated() {
            root.insert(tensor.entry.name, index: index, bytes: tensor.byteCount)
        }
        guard !tensors.isEmpty else { return "" }
        var table = Table(
            [.left, .left, .left, .right, .right, .right, .left],
            titles: Self.titles
        )
        root.forEachLine(bySize: order == .size) { depth, line in
            let indent = String(repeating: "  ", count: depth)
            switch line {
            case .folder(let name, let count, let bytes):
                table.append([
                    "\(indent)\(name)/", "", "\(grouped(count)) tensor\(count == 1 ? "" : "s")",
                    byteText(Int(bytes)), "",
                    "", "",
                ])
            case .tensor(let name, let index):
                table.append(cells(tensors[index], name: indent + name))
            }
        }
        return table.text
    }

    var members: [JSONValue.Member] {
        [.init("tensors", .array(tensors.map(member)))]
    }

    private func member(_ tensor: CheckpointSummary.Tensor) -> JSONValue {
        let entry = tensor.entry
        var members: [JSONValue.Member] = [
            .init("name", .text(entry.name)), .init("role", .text(tensor.role.rawValue)),
            .init("dtype", .text(entry.dataType.name)), .init("shape", .shape(entry.shape)),
            .init("bytes", .integer(Int(tensor.byteCount))),
        ]
        if entry.slices.isEmpty {
            members += [
                .init("shard", .integer(entry.shard)), .init("offset", .integer(Int(entry.offset))),
            ]
        } else {
            members.append(.init("slices", .array(entry.slices.map { .text("\($0)") })))
        }
        switch statistics[entry.key] {
        case .success(let found):
            members.append(
                .init(
                    "stats",
                    [
                        "min": .figure(found.minimum), "max": .figure(found.maximum),
                        "mean": .figure(found.mean), "std": .figure(found.deviation),
                        "l2": .figure(found.norm), "zeros": .integer(found.zeros),
                        "nan": .integer(found.nans), "inf": .integer(found.infinities),
                        "histogram": .shape(found.histogram),
                        "suspicious": .array(
                            found.suspicions(tensor.role, name: entry.name).map { .text($0) }
                        ),
                    ]
                )
            )
        case .failure(let error): members.append(.init("error", .text("\(error)")))
        case nil: break
        }
        return .object(members)
    }
}

/// A shape as it is printed, without the detours of an array's own description.
func shapeText(_ shape: [Int]) -> String {
    var text = "["
    for (axis, extent) in shape.enumerated() {
        if axis > 0 { text += ", " }
        text += String(extent)
    }
    return text + "]"
}
