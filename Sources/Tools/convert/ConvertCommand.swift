import Suite
import ToolSupport

/// Hands the weights of a checkpoint on in another format.
@main
struct ConvertCommand {
    static func main() {
        CommandLineTool.main(ConvertOptions.table) { options in
            let diagnostics = Diagnostics(tool: ConvertOptions.table.tool)
            if let certificate = options[ConvertOptions.check] {
                return try CertificateReport(certificate, options, diagnostics).run()
            }
            return try Conversion(options, diagnostics).run()
        }
    }
}
<<<<<<< HEAD
=======

/// One conversion: what the command line decides, the writing, and the proof.
struct Conversion {
    private let options: ParsedOptions
    private let input: ConversionInput
    private let plan: ConversionPlan
    private let network: ConversionNetwork?
    private let format: ConversionFormat
    private let target: String?

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

    /// How a network differs from what its new names, or who else reads it, stand for.
    private static func notes(
        of model: ModelConfiguration,
        hasTimmNames: Bool,
        _ format: ConversionFormat
    ) -> [String] {
        guard hasTimmNames else {
            return model.poolsAsPyTorch && [.tf, .safetensors, .npz].contains(format)
                ? [
                    "the published network pads its pool as TensorFlow does, and computes other figures with these weights"
                ] : []
        }
        let differs = model.hasPaddedPool && !model.poolsAsPyTorch
        let pool = differs ? "pad the first pool on all sides and " : ""
        var notes = [
            "PyTorch's own networks with these names \(pool)prepare pictures otherwise; --to torch writes one that "
                + "computes this"
        ]
        if format == .npz, differs {
            notes.append(
                "npz has no place to say so: give --pool-padding=tensorflow where the file is read"
            )
        }
        return notes
    }

    /// Refuses options that the format has no use for.
    private static func refuseWhatDoesNotFit(
        _ format: ConversionFormat,
        isRenamed: Bool,
        _ options: ParsedOptions
    ) throws {
        let traits = format.traits
        guard traits.contains(.shards) || options[ConvertOptions.shards] == 1 else {
            throw ToolError(.usage, "--shards is for checkpoints: --to tf")
        }
        guard !isRenamed || traits.contains(.parameterNames) else {
            throw ToolError(
                .usage,
                "--names timm-like is for --to safetensors, npz and torch; others need TensorFlow's"
            )
        }
        guard traits.contains(.types) || options[ConvertOptions.type] ?? .float32 == .float32
        else {
            throw ToolError(.usage, "an ONNX model computes in float32; leave --dtype out")
        }
        guard !options[ConvertOptions.preprocesses] || !options[ConvertOptions.dynamicSize] else {
            throw ToolError(
                .usage,
                "--with-preprocessing cuts pictures to one size; leave --dynamic-size out"
            )
        }
    }

    /// Refuses options that have no meaning for a graph from elsewhere.
    private static func refuseWhatGraphsLack(
        _ format: ConversionFormat,
        _ options: ParsedOptions
    ) throws {
        guard options[ConvertOptions.names] == .checkpoint else {
            throw ToolError(
                .usage,
                "--names timm-like is for networks of the family; this is a graph"
            )
        }
        guard !options[ConvertOptions.preprocesses] || format.traits.contains(.network) else {
            throw ToolError(
                .usage,
                "--with-preprocessing belongs to a graph, and --to \(format.rawValue) holds tensors"
            )
        }
        guard
            !format.traits.contains(.network)
                || options[ConvertOptions.only].isEmpty
                    && options[ConvertOptions.exclude].isEmpty
        else {
            throw ToolError(
                .usage,
                "--only and --exclude choose tensors, and --to \(format.rawValue) holds the whole network"
            )
        }
    }

    /// PyTorch's names of the parameters of a network.
    private static func timmNames(_ network: Network) throws -> [String: String] {
        // The size of pictures decides nothing but the extent of a flattened kernel.
        let built = try ToolError.about(network.files.path, exitCode: .mismatch) {
            try network.family().built(imageSize: 224)
        }
        return TimmNames(built).byVariable
    }

    /// The network that is written, or whose logits are certified; nil, which is told, where a format can do without.
    private static func network(
        _ input: ConversionInput,
        _ format: ConversionFormat,
        _ plan: ConversionPlan,
        _ options: ParsedOptions,
        _ diagnostics: Diagnostics
    ) throws -> ConversionNetwork? {
        let holdsNetwork = format.traits.contains(.network)
        let hasMeta = format.traits.contains(.graphBeside) && options[ConvertOptions.meta]
        guard holdsNetwork || hasMeta || options[ConvertOptions.certificate] != nil else {
            if let network = input.network {
                let known = (network.facts + network.input.facts).filter { $0.origin != .assumed }
                diagnostics.tell(known, recordedIn: network.recorded)
            }
            return nil
        }
        let consequence =
            hasMeta
            ? "the .meta file will have variables only"
            : "the certificate will have no logits"
        guard let network = input.network else {
            diagnostics.note("\(consequence): \(input.reason ?? "")")
            return nil
        }
        do {
            let preprocessing = network.input.preprocessing
            guard !preprocessing.isForeign else {
                throw ToolError(
                    .usage,
                    "\(preprocessing.name) prepares pictures for networks that come from graphs"
                )
            }
            let built = try ToolError.about(networkIn: network.files.path) {
                try network.family().built(imageSize: preprocessing.imageSize)
            }
            let planned = try ToolError.about(network.files.path, exitCode: .mismatch) {
                try ConversionNetwork(
                    built,
                    preprocessing,
                    plan,
                    set: options[ConvertOptions.weights]
                )
            }
            try network.describe(diagnostics)
            diagnostics.note(
                "pictures: preprocessing \(preprocessing.name), "
                    + "\(preprocessing.imageSize)x\(preprocessing.imageSize)"
            )
            return planned
        } catch let error as ToolError
            where error.exitCode == .mismatch && !holdsNetwork
            && ModelOptions.request(options) == ModelRequest()
        {
            let reason = error.sentence.split(separator: "\n").first.map(String.init) ?? ""
            diagnostics.note("\(consequence): \(reason)")
            return nil
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

    private static func request(_ options: ParsedOptions) -> ConversionRequest {
        var request = ConversionRequest()
        request.only = options[ConvertOptions.only]
        request.exclude = options[ConvertOptions.exclude]
        request.renames = options[ConvertOptions.rename]
        request.set = options[ConvertOptions.weights]
        request.keepsTrainingState = options[ConvertOptions.state]
        request.weightType = options[ConvertOptions.type].map { type in
            switch type {
            case .float32: .float32
            case .float16: .float16
            case .bfloat16: .bfloat16
            }
        }
        return request
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

    private func certify(
        _ result: any ConversionTarget,
        _ graph: LogitComparison?,
        to path: String
    ) throws {
        let certificate = try Certificate(
            tool: Reassemble.version,
            path: path,
            source: input.file,
            plan: plan,
            format: format.rawValue,
            target: result.job.path,
            files: result.files,
            result: result.reopen().first,
            network: network.map { network in
                Certificate.NetworkFacts(
                    network.plan,
                    network.configuration,
                    options[ConvertOptions.weights],
                    graph: graph
                )
            },
            imported: input.imported.map { imported in
                Certificate.ImportedFacts(
                    imported.graph,
                    options[ConvertOptions.weights],
                    places: result.importedPlaces
                )
            }
        )
        try certificate.write(to: path, replacing: options[RunOptions.force])
    }
}
>>>>>>> h-onnx
