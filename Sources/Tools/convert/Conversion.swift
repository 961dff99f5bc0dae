import Checkpoint
import Convert
import Engine
import Networks
import Pictures
import Proto
import Suite
import ToolSupport

/// One conversion: what the command line decides, the writing, and the proof.
struct Conversion {
    let options: ParsedOptions
    let input: ConversionInput
    let plan: ConversionPlan
    let network: ConversionNetwork?
    let format: ConversionFormat
    let target: String?

    init(_ options: ParsedOptions, _ diagnostics: Diagnostics) throws {
        self.options = options
        target = options[ConvertOptions.output]
        guard let source = options[ConvertOptions.source] else {
            throw ToolError(
                .usage,
                "no SOURCE: give a checkpoint, another file of weights, or a graph"
            )
        }
        guard target != nil || options[ConvertOptions.dryRun] else {
            throw ToolError(.usage, "no target: give -o TARGET, or --dry-run")
        }
        let named = target.flatMap { ConversionFormat(path: $0) }
        guard let format = options[ConvertOptions.format] ?? named else {
            let names = ConversionFormat.allCases.map { "--to \($0.rawValue)" }
            throw ToolError(
                .usage,
                "no format: give " + names.dropLast().joined(separator: ", ") + " or "
                    + (names.last ?? "")
            )
        }
        self.format = format
        let traits = format.traits
        let isRenamed = options[ConvertOptions.names] == .timmLike
        try Self.refuseWhatDoesNotFit(format, isRenamed: isRenamed, options)
        // A network is recognised by the new names, so they come first.
        var request = Self.request(options)
        let isRenamedFirst =
            (traits.contains(.network) || isRenamed) && !request.renames.isEmpty
        input = try ConversionInput(
            source,
            renaming: isRenamedFirst ? request : nil,
            needsNetwork: traits.contains(.network) || isRenamed,
            decodes: options[ConvertOptions.preprocesses] && traits.contains(.network),
            options,
            diagnostics
        )
        if input.imported != nil {
            try Self.refuseWhatGraphsLack(format, options)
            // Its weights are chosen already, and nothing of it is there for training alone.
            request.set = .raw
            request.keepsTrainingState = true
            request.mayBeEmpty = traits.contains(.network)
        } else if isRenamedFirst {
            (request.only, request.exclude, request.renames) = ([], [], [])
        }
        if isRenamed || traits.contains(.parameterNamesOnly), let network = input.network {
            request.parameterNames = try Self.timmNames(network)
        }
        let plan: ConversionPlan
        do throws(ConversionError) {
            plan = try ConversionPlan(input.file, request)
        } catch {
            throw Self.problem(error, source)
        }
        if let model = try? input.network?.family().configuration {
            for note in Self.notes(of: model, hasTimmNames: isRenamed, format) {
                diagnostics.note(note)
            }
        }
        network =
            input.imported == nil
            ? try Self.network(input, format, plan, options, diagnostics) : nil
        self.plan = traits.contains(.network) ? network?.plan.plan ?? plan : plan
        if let graph = input.imported?.graph, [.tf, .frozen, .savedModel].contains(format) {
            let newer = graph.newerThanFirst
            if !newer.isEmpty {
                diagnostics.note(
                    "TensorFlow 1.14 does not know \(newer.joined(separator: ", ")); newer versions do"
                )
            }
        }
        if !traits.contains(.facts), let flags = input.record?.summary, !flags.isEmpty {
            diagnostics.note(
                "\(format.rawValue) has no place for what is known of the network besides its weights: \(flags)"
            )
        }
    }

    /// What a plan that cannot be made tells the user.
    static func problem(_ error: ConversionError, _ source: String) -> ToolError {
        switch error {
        case .malformedRule, .malformedPattern: ToolError(.usage, error)
        case .unreadable: ToolError(.file, file: source, error)
        default: ToolError(.mismatch, file: source, error)
        }
    }

    func run() throws -> ExitCode {
        var report = ConversionReport(plan, input, format.rawValue)
        let result = try makeTarget()
        guard let target, !options[ConvertOptions.dryRun] else {
            report.sizes = try ToolError.about(nil) { try result.sizes() }
            try report.deliver(options)
            return .done
        }
        try ToolError.about(nil) {
            let certificates = options[ConvertOptions.certificate].map { [$0] } ?? []
            try OutputPlace.check(
                result.places + certificates,
                inputs: input.file.files,
                replacing: options[RunOptions.force]
            )
            let made = try OutputPlace.makeFolders(for: result.results + certificates)
            do {
                try result.write()
            } catch {
                OutputPlace.removeFolders(made)
                throw error
            }
            report.target = target
            report.files = result.results
            if format.traits.contains(.network),
                let configuration = input.configuration(network?.preprocessing)
            {
                report.configurations = try configuration.write(
                    beside: result.results,
                    replacing: options[RunOptions.force]
                )
            }
            if options[ConvertOptions.verify] {
                let proof = try result.prove()
                report.verifications = proof.tensors
                report.logits = proof.logits
                report.outputs = proof.outputs
            }
            if let path = options[ConvertOptions.certificate], report.isVerified {
                try certify(result, report.logits, to: path)
                report.certificate = path
            }
        }
        try report.deliver(options)
        return report.isVerified ? .done : .no
    }

    /// The result as it will be.
    private func makeTarget() throws -> any ConversionTarget {
        var settings = TargetSettings(options)
        settings.decoding = input.imported?.decoding
        let job = ConversionJob(
            plan,
            from: input.file.tensors,
            network,
            graph: input.imported?.graph,
            record: input.record,
            metadata: input.metadata,
            to: target ?? "TARGET",
            replacing: options[RunOptions.force],
            settings
        )
        do throws(ConversionError) {
            return try format.target.init(job)
        } catch {
            switch error {
            case .graph, .inexpressible, .inexpressibleOperations, .familyOnly, .noPictures:
                throw ToolError(.usage, error)
            default: throw ToolError(.file, error)
            }
        }
    }
}
