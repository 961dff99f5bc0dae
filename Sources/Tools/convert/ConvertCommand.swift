import Checkpoint
import Convert
import Proto
import ToolSupport

/// Hands the weights of a checkpoint on in another format.
@main
struct ConvertCommand {
    static func main() {
        CommandLineTool.main(ConvertOptions.table) { options in
            try Conversion(options, Diagnostics(tool: ConvertOptions.table.tool)).run()
        }
    }
}

/// One conversion: what the command line decides, the writing, and the proof.
struct Conversion {
    private let options: ParsedOptions
    private let input: ConversionInput
    private let plan: ConversionPlan
    private let format: ConvertOptions.Format
    private let target: String?

    init(_ options: ParsedOptions, _ diagnostics: Diagnostics) throws {
        self.options = options
        target = options[ConvertOptions.output]
        guard target != nil || options[ConvertOptions.dryRun] else {
            throw ToolError(.usage, "no target: give -o TARGET, or --dry-run")
        }
        if let format = options[ConvertOptions.format] {
            self.format = format
        } else if target?.hasSuffix(".safetensors") == true {
            format = .safetensors
        } else {
            throw ToolError(.usage, "no format: give --to tf or --to safetensors")
        }
        guard format == .tf || options[ConvertOptions.shards] == 1 else {
            throw ToolError(.usage, "--shards is for checkpoints: --to tf")
        }
        input = try ConversionInput(options[ConvertOptions.source], diagnostics)
        do throws(ConversionError) {
            plan = try ConversionPlan(input.file.tensors.tensors, Self.request(options))
        } catch {
            switch error {
            case .malformedRule, .malformedPattern: throw ToolError(.usage, error)
            default: throw ToolError(.mismatch, file: options[ConvertOptions.source], error)
            }
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
        guard let target, !options[ConvertOptions.dryRun] else {
            try report.deliver(options)
            return .done
        }
        try ToolError.about(nil) {
            try OutputPlace.check(
                paths(target),
                inputs: input.file.files,
                replacing: options[RunOptions.force]
            )
            try write(target)
            report.target = target
            if options[ConvertOptions.verify] {
                report.verification = try ConversionVerification(
                    plan,
                    of: input.file.tensors,
                    in: reopen(target)
                )
            }
        }
        try report.deliver(options)
        return report.verification?.faults.isEmpty ?? true ? .done : .no
    }

    private func paths(_ target: String) -> [String] {
        switch format {
        case .safetensors: [target]
        case .tf:
            CheckpointTarget.paths(prefix: target, shardCount: options[ConvertOptions.shards])
        }
    }

    private func write(_ target: String) throws {
        switch format {
        case .safetensors:
            try SafeTensorsWriter.write(
                plan,
                from: input.file.tensors,
                to: target,
                metadata: input.metadata,
                replacing: options[RunOptions.force]
            )
        case .tf:
            try CheckpointTarget.write(
                plan,
                from: input.file.tensors,
                prefix: target,
                shardCount: options[ConvertOptions.shards]
            )
        }
    }

    private func reopen(_ target: String) throws -> any TensorSource {
        switch format {
        case .safetensors: try SafeTensorsReader(path: target)
        case .tf: try BundleReader(prefix: target)
        }
    }
}
