import Checkpoint
import Convert
import Networks
import Proto
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

/// One conversion: what the command line decides, the writing, and the proof.
struct Conversion {
    private let options: ParsedOptions
    private let input: ConversionInput
    private let plan: ConversionPlan
    private let network: ConversionNetwork?
    private let format: ConvertOptions.Format
    private let target: String?

    init(_ options: ParsedOptions, _ diagnostics: Diagnostics) throws {
        self.options = options
        target = options[ConvertOptions.output]
        guard let source = options[ConvertOptions.source] else {
            throw ToolError(.usage, "no SOURCE: give a checkpoint or another file of weights")
        }
        guard target != nil || options[ConvertOptions.dryRun] else {
            throw ToolError(.usage, "no target: give -o TARGET, or --dry-run")
        }
        let named = target.flatMap { ConvertOptions.Format(path: $0) }
        guard let format = options[ConvertOptions.format] ?? named else {
            let names = ConvertOptions.Format.allCases.map { "--to \($0.rawValue)" }
            throw ToolError(
                .usage,
                "no format: give " + names.dropLast().joined(separator: ", ") + " or "
                    + (names.last ?? "")
            )
        }
        self.format = format
        guard format == .tf || options[ConvertOptions.shards] == 1 else {
            throw ToolError(.usage, "--shards is for checkpoints: --to tf")
        }
        let isRenamed = options[ConvertOptions.names] == .timmLike
        guard !isRenamed || [.safetensors, .npz, .torch].contains(format) else {
            throw ToolError(
                .usage,
                "--names timm-like is for --to safetensors, npz and torch; others need TensorFlow's"
            )
        }
        // A network is recognised by the new names, so they come first.
        var request = Self.request(options)
        let isRenamedFirst = format.holdsNetwork && !request.renames.isEmpty
        input = try ConversionInput(
            source,
            renaming: isRenamedFirst ? request : nil,
            diagnostics
        )
        if isRenamedFirst { (request.only, request.exclude, request.renames) = ([], [], []) }
        let names =
            isRenamed || format == .torch
            ? try ConversionNetwork.timmNames(input.file, options) : [:]
        let plan: ConversionPlan
        do throws(ConversionError) {
            request.parameterNames = names
            plan = try ConversionPlan(input.file, request)
        } catch {
            throw Self.problem(error, source)
        }
        if format.holdsNetwork {
            let network = try ConversionNetwork(input.file, plan, options, diagnostics)
            self.network = network
            self.plan = network.plan.plan
        } else {
            let hasMeta = format == .tf && options[ConvertOptions.meta]
            let isCertified = options[ConvertOptions.certificate] != nil
            network =
                hasMeta || isCertified
                ? try ConversionNetwork.ifAny(
                    input.file,
                    plan,
                    hasMeta
                        ? "the .meta file will have variables only"
                        : "the certificate will have no logits",
                    options,
                    diagnostics
                ) : nil
            self.plan = plan
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
        let writer = try ConversionWriter(format, target ?? "TARGET", input, plan, network, options)
        guard let target, !options[ConvertOptions.dryRun] else {
            report.sizes = try ToolError.about(nil) { try writer.sizes() }
            try report.deliver(options)
            return .done
        }
        try ToolError.about(nil) {
            let certificates = options[ConvertOptions.certificate].map { [$0] } ?? []
            try OutputPlace.check(
                writer.paths + certificates,
                inputs: input.file.files,
                replacing: options[RunOptions.force]
            )
            try OutputPlace.makeFolders(for: writer.results + certificates)
            try writer.write()
            report.target = target
            report.files = writer.results
            if options[ConvertOptions.verify] {
                let proof = try writer.verify()
                report.verifications = proof.tensors
                report.logits = proof.logits
            }
            if let path = options[ConvertOptions.certificate], report.isVerified {
                try certify(writer, report.logits, to: path)
                report.certificate = path
            }
        }
        try report.deliver(options)
        return report.isVerified ? .done : .no
    }

    private func certify(
        _ writer: ConversionWriter,
        _ graph: LogitComparison?,
        to path: String
    ) throws {
        let certificate = try Certificate(
            tool: Reassemble.version,
            path: path,
            source: input.file,
            plan: plan,
            format: format.rawValue,
            target: writer.target,
            files: writer.files,
            result: writer.reopen().first,
            network: network.map { network in
                Certificate.NetworkFacts(
                    network.plan,
                    network.configuration,
                    options[ConvertOptions.weights],
                    graph: graph
                )
            }
        )
        try certificate.write(to: path, replacing: options[RunOptions.force])
    }
}
