import Formats
import Checkpoint
import Convert
import Engine
import Networks
import ToolSupport

/// What is shown of a checkpoint.
struct CheckpointView {
    let location: CheckpointLocation
    let options: ParsedOptions
    let diagnostics: Diagnostics
    let source: any TensorSource
    /// What the SavedModel around the checkpoint offers, if there is one.
    private let served: ServedModel?
    /// The file of the SavedModel.
    private let graph: String?

    init(
        _ location: CheckpointLocation,
        _ options: ParsedOptions,
        _ diagnostics: Diagnostics,
        servedAs served: ServedModel? = nil,
        graph: String? = nil
    ) throws {
        self.graph = graph
        self.served = served
        self.location = location
        self.options = options
        self.diagnostics = diagnostics
        for note in location.notes { diagnostics.note(note) }
        do {
            source = try ToolError.about(nil) { try location.open() }
        } catch let error as ToolError {
            if options[InspectOptions.verify], options[RunOptions.json] {
                let fault: JSONValue = ["reason": .text(error.sentence)]
                try StandardOutput.write(
                    document(
                        "checkpoint",
                        location.prefix,
                        [.init("intact", false), .init("faults", [fault])]
                    )
                )
            }
            throw error
        }
    }

    func run() throws -> ExitCode {
        let tensors = OpenTensors(
            path: location.prefix,
            source: source,
            options: options,
            diagnostics: diagnostics
        )
        if let answer = try tensors.answer() { return answer }
        let (flags, summary) = try ToolError.about(nil) {
            let flags = try RecordedFlags.found(besides: location.prefix)
            return (flags, try CheckpointSummary(source, recorded: flags))
        }
        if let bundle = source as? BundleReader {
            for fault in bundle.faults { diagnostics.warning("\(fault)") }
            for fault in DataFileFault.faults(of: bundle) { diagnostics.warning(fault.reason) }
        }
        if let model = summary.model, !model.isAnotherNetwork {
            diagnostics.tellContradictions(flags, model.configuration)
        }
        let objects = ObjectView(source, diagnostics)
        for fault in objects?.faults ?? [] { diagnostics.warning(fault) }
        let listing = try TensorListing(summary, source, options)
        if listing.isEmpty, options[InspectOptions.filter] != nil {
            diagnostics.note("no tensor's name matches the filter")
        }
        if let page = options[InspectOptions.html] {
            try CheckpointPage(location, summary, source, format: format, graph: graph)
                .write(to: page, replacing: options[RunOptions.force])
        } else if options[RunOptions.json] {
            var all = members(summary) + (served?.members ?? [])
            all += objects?.members ?? []
            all += listing.members
            try StandardOutput.write(document("checkpoint", location.prefix, all))
        } else {
            try StandardOutput.write(
                text(summary, flags) + "\n" + listing.text + (objects?.text ?? "")
            )
        }
        return listing.hasUnreadable ? .file : .done
    }

    /// What the checkpoint is, in a few words.
    var format: String {
        guard let bundle = source as? BundleReader else { return "V1 checkpoint" }
        let order = bundle.isBigEndian ? ", big-endian" : ""
        return "V2 checkpoint, \(bundle.shardCount) data file\(bundle.shardCount == 1 ? "" : "s")"
            + order
    }

    private func text(_ summary: CheckpointSummary, _ flags: RecordedFlags?) -> String {
        var text = "\(location.prefix): \(format)\n"
        for line in served?.lines ?? [] { text += line + "\n" }
        if let step = summary.step { text += "step: \(grouped(Int(step)))\n" }
        text +=
            summary.model.map { modelText($0, flags) }
            ?? "model: not of the ResNet family that this suite computes\n"
        var table = Table(
            [.left, .right, .right, .right],
            titles: ["", "tensors", "values", "bytes"]
        )
        func row(_ name: String, _ total: CheckpointSummary.Total) {
            table.append([
                name, grouped(total.tensors), grouped(total.elements), byteText(Int(total.bytes)),
            ])
        }
        for role in VariableRole.allCases {
            if let total = summary.totals[role] { row(role.title, total) }
        }
        row("all", summary.total)
        return text + table.text
    }

    private func modelText(_ model: ModelDescription, _ flags: RecordedFlags?) -> String {
        let settings = model.configuration
        guard !model.isAnotherNetwork else { return otherNetworkText(model) }
        var text =
            "model: ResNet-\(settings.size) version \(settings.version), width \(settings.width), "
            + "\(settings.classes) classes"
        if !model.published.isEmpty {
            text += "; as published: " + model.published.map(\.rawValue).joined(separator: ", ")
        }
        text += "\nflags: " + model.flags.map { "--\($0.name)=\($0.value)" }.joined(separator: " ")
        if !model.possibleBetas.isEmpty {
            let betas = model.possibleBetas.map(String.init).joined(separator: ", ")
            text += "\nthe same variables result from bl_beta \(betas)"
        }
        if let path = flags?.path, !model.recorded.isEmpty {
            text += "\n\(path) tells: " + model.recorded.map(\.flag).joined(separator: " ")
        }
        if !model.undetermined.isEmpty {
            text +=
                "\ncannot be told from a checkpoint: "
                + model.undetermined.map { "--\($0)" }.joined(separator: ", ")
        }
        for name in model.published {
            let known = name.configuration
            let blur =
                known.antiAliasesConvolutions
                ? "--anti_alias_type=sconv --anti_alias_filter_size=\(known.antiAliasSize) " : ""
            text +=
                "\n  published \(name.rawValue): \(blur)"
                + "--preprocessing_type=\(name.preprocessing)"
        }
        if !model.differences.isEmpty {
            text +=
                "\nit differs from that network in \(model.differences.count) variables:\n"
                + "\(model.differences)"
        }
        return text + "\n"
    }

    /// The most differences from the nearest network that are listed.
    private static let differenceLimit = 10

    private func otherNetworkText(_ model: ModelDescription) -> String {
        let lines = "\(model.differences)".split(separator: "\n")
        let rest = lines.count - Self.differenceLimit
        return
            "model: not of the family that this suite computes; the nearest is a ResNet-"
            + "\(model.configuration.size) version \(model.configuration.version), which has "
            + "\(grouped(model.variableCount)) variables and differs in "
            + "\(grouped(model.differences.count)):\n"
            + lines.prefix(Self.differenceLimit).map { $0 + "\n" }.joined()
            + (rest > 0 ? "  … and \(grouped(rest)) more\n" : "")
    }

    private func members(_ summary: CheckpointSummary) -> [JSONValue.Member] {
        func total(_ total: CheckpointSummary.Total) -> JSONValue {
            [
                "tensors": .integer(total.tensors), "values": .integer(total.elements),
                "bytes": .integer(Int(total.bytes)),
            ]
        }
        let bundle = source as? BundleReader
        let roles = VariableRole.allCases.map { role in
            JSONValue.Member(role.rawValue, total(summary.totals[role] ?? .init()))
        }
        return [
            .init("format", .text(bundle == nil ? "V1" : "V2")),
            .init("shards", bundle.map { .integer($0.shardCount) } ?? .null),
            .init("big_endian", .bool(bundle?.isBigEndian ?? false)),
            .init("step", summary.step.map { .integer(Int($0)) } ?? .null),
            .init(
                "model",
                summary.model.flatMap { $0.isAnotherNetwork ? nil : modelMember($0) } ?? .null
            ),
            .init(
                "nearest_model",
                summary.model.flatMap { $0.isAnotherNetwork ? nearestMember($0) : nil } ?? .null
            ),
            .init("totals", .object(roles + [.init("all", total(summary.total))])),
        ]
    }

    private func nearestMember(_ model: ModelDescription) -> JSONValue {
        [
            "resnet_version": .integer(model.configuration.version),
            "resnet_size": .integer(model.configuration.size),
            "variables": .integer(model.variableCount),
            "differences": .integer(model.differences.count),
        ]
    }

    private func modelMember(_ model: ModelDescription) -> JSONValue {
        [
            "published": .array(model.published.map { .text($0.rawValue) }),
            "flags": .object(model.flags.map { .init($0.name, .text($0.value)) }),
            "classes": .integer(model.configuration.classes),
            "width": .integer(model.configuration.width),
            "possible_bl_beta": .array(model.possibleBetas.map { .integer($0) }),
            "recorded": .object(model.recorded.map { .init($0.name, .text($0.value)) }),
            "undetermined": .array(model.undetermined.map { .text($0) }),
            "preprocessing": .object(
                model.published.map { .init($0.rawValue, .text($0.preprocessing)) }
            ),
            "differences": .integer(model.differences.count),
        ]
    }
}

extension VariableRole {
    /// What tensors of the role are called.
    var title: String {
        switch self {
        case .weight: "trainable"
        case .statistic: "moving statistics"
        case .slot: "optimiser slots"
        case .average: "moving averages"
        case .other: "other"
        }
    }
}
