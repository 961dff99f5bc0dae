import Convert
import Engine
import ToolSupport

/// Writes record files anew with a teacher's logits in them.
@main
struct DistillCommand {
    static func main() {
        CommandLineTool.main(DistillOptions.table) { options in
            Interruption.install()
            let diagnostics = Diagnostics(tool: DistillOptions.table.tool)
            return try DistillRun(options, diagnostics).run()
        }
    }
}

/// One run: everything that the command line decides, and the files written.
struct DistillRun {
    private let options: ParsedOptions
    private let diagnostics: Diagnostics
    private let teachers: [Teacher]
    private let input: RecordFolder
    private let form = LogitForm()

    init(_ options: ParsedOptions, _ diagnostics: Diagnostics) throws {
        self.options = options
        self.diagnostics = diagnostics
        guard options.isGiven(DistillOptions.teacher) else {
            throw ToolError(.usage, "no teacher: give --teacher")
        }
        input = try RecordFolder(options)
        ThreadCount.set(options[RunOptions.threads])
        teachers = try Teacher.all(options, diagnostics)
        let found = classes
        if let wanted = options[DistillOptions.classCount], wanted != found {
            throw ToolError(
                .mismatch,
                "\(options.spelling(of: DistillOptions.classCount)): \(wanted) were asked for, but "
                    + "the teacher's \(teachers[0].classes) classes with --offset "
                    + "\(options[DistillOptions.offset]) come to \(found)"
            )
        }
    }

    /// Logits that each record is given.
    private var classes: Int { teachers[0].classes + options[DistillOptions.offset] }

    func run() throws -> ExitCode {
        let folder = try OutputFolder(
            input.output,
            settings: settings,
            shards: input.all,
            replacing: options[RunOptions.force]
        )
        let shards = input.part.filter { !folder.isComplete($0) }
        folder.removeLeftovers(of: shards)
        var start = ContinuousClock.now
        var progress = DistillProgress(shards, options)
        var isDone = true
        if !shards.isEmpty {
            let batch = options[DistillOptions.batchSize]
            var source = TeacherNetworks(
                try teachers.map { try $0.member(batch: batch, options) },
                averagesMirrorImage: options[DistillOptions.flipAverage]
            )
            for teacher in teachers { teacher.describe(diagnostics) }
            diagnostics.note("input: \(input.summary), \(classes) logits a record")
            let distillation = Distillation(offset: options[DistillOptions.offset], form: form)
            start = ContinuousClock.now
            isDone = try ToolError.about(nil) {
                try distillation.run(
                    shards,
                    from: &source,
                    completed: { try folder.complete($0) },
                    advanced: {
                        progress.update($0)
                        return !Interruption.isRequested
                    }
                )
            }
        }
        let done = progress.records
        progress.clear()
        let manifest = try folder.writeManifest()
        try DistillReport(
            shards: input.part.count,
            kept: input.part.count - shards.count,
            records: done,
            seconds: (ContinuousClock.now - start) / .seconds(1),
            manifest: manifest.json,
            agreement: manifest.agreement
        ).deliver(options)
        guard !isDone else { return .done }
        diagnostics.warning("interrupted; the same command goes on where this stopped")
        return .interrupted
    }

    /// What the logits depend on.
    private var settings: JSONValue {
        .object([
            .init("teachers", .array(teachers.map(\.json))),
            .init("flip_average", .bool(options[DistillOptions.flipAverage])),
            .init("class_offset", .integer(options[DistillOptions.offset])),
            .init("classes", .integer(classes)),
            .init("temperature", options[DistillOptions.temperature].map { .number($0) } ?? .null),
            .init("math", .text(options[EngineOptions.math].rawValue)),
        ])
    }
}
