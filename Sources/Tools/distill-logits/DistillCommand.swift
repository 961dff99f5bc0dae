import Base
import Data
import Engine
import ToolSupport

/// Writes record files anew with a teacher's logits in them.
@main
struct DistillCommand {
    static func main() {
        CommandLineTool.main(DistillOptions.table) { options in
            Interruption.install()
            let diagnostics = Diagnostics(tool: DistillOptions.table.tool)
            if ExtractionRun.isAsked(options) {
                try Ranks.refuse("the published extraction goes through one share")
                return try ExtractionRun(options, diagnostics).run()
            }
            if options.isGiven(DistillOptions.check) {
                try Ranks.refuse("--check compares a random part")
            }
            let run = try DistillRun(options, diagnostics)
            return options.isGiven(DistillOptions.check) ? try run.check() : try run.write()
        }
    }
}

/// One run: everything that the command line decides, and the files written or checked.
struct DistillRun {
    private let options: ParsedOptions
    private let diagnostics: Diagnostics
    private let origin: LogitOrigin
    private let input: RecordFolder
    private let form: LogitForm

    init(_ options: ParsedOptions, _ diagnostics: Diagnostics) throws {
        self.options = options
        self.diagnostics = diagnostics
        input = try RecordFolder(options)
        form = LogitForm(
            precision: options[DistillOptions.type],
            top: options[DistillOptions.top],
            alsoFull: options[DistillOptions.alsoFloat]
        )
        ThreadCount.set(options[RunOptions.threads])
        diagnostics.tell(input.faults.map { .warning($0) })
        origin = try LogitOrigin(options, diagnostics)
        if let wanted = options[DistillOptions.classCount], wanted != classes {
            throw ToolError(
                .mismatch,
                "\(options.spelling(of: DistillOptions.classCount)): \(wanted) were asked for, but "
                    + "the teacher's \(origin.classes) classes with --offset "
                    + "\(options[DistillOptions.offset]) come to \(classes)"
            )
        }
    }

    /// Logits that each record is given.
    private var classes: Int { origin.classes + options[DistillOptions.offset] }

    // MARK: Writing

    /// Writes what is not complete yet.
    func write() throws -> ExitCode {
        let ranks = Ranks.current
        // The first makes the folder ready for all.
        if !ranks.isFirst { ranks.barrier() }
        let folder = try OutputFolder(
            input.output,
            settings: try settings(),
            shards: input.all,
            replacing: options[RunOptions.force]
        )
        let shards = input.part.filter { !folder.isComplete($0) }
        var source = try origin.source(all: input.all, shards: shards, options, diagnostics)
        diagnostics.tell(
            try origin.remarks(onRecordsIn: input.folder, offset: options[DistillOptions.offset])
        )
        if ranks.isFirst {
            try folder.prepare(for: input.all.filter { !folder.isComplete($0) })
            try folder.keepClassNames(of: input.folder)
            ranks.barrier()
        }
        diagnostics.note("input: \(summary), \(classes) logits a record")
        var progress = DistillProgress(shards.map(\.input), options)
        let start = ContinuousClock.now
        let isWhole = try ToolError.about(nil) {
            try distillation.run(
                shards,
                from: &source,
                completed: { try folder.complete($0) },
                advanced: {
                    progress.update($0)
                    return !Ranks.isInterrupted
                }
            )
        }
        let isDone = !Ranks.isAny(!isWhole)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let own = [progress.records, shards.count, input.part.count]
        progress.clear()
        if input.part.isEmpty, ranks.count == 1 {
            diagnostics.warning("this part has no file: there are \(input.all.count) in all")
        }
        let sums = Self.sums(own, ranks)
        guard ranks.isFirst else { return isDone ? .done : .interrupted }
        let (done, begun, asked) = (sums[0], sums[1], sums[2])
        let manifest = try folder.writeManifest()
        guard !isDone || done > 0 || begun < asked || asked == 0 else {
            throw ToolError(.file, file: input.folder, "there is no record in it")
        }
        try DistillReport(
            shards: asked,
            kept: asked - begun,
            records: done,
            seconds: seconds,
            manifest: manifest.json,
            agreement: manifest.agreement
        ).deliver(options)
        guard !isDone else { return .done }
        diagnostics.warning("interrupted; the same command goes on where this stopped")
        return .interrupted
    }

    /// What is read, in a few words: of all ranks.
    private var summary: String {
        Ranks.current.count == 1
            ? input.summary : "\(input.all.count) record files in \(input.folder)"
    }

    /// The numbers of all ranks, added up, at the first of them.
    private static func sums(_ own: [Int], _ ranks: any Communicator) -> [Int] {
        guard ranks.count > 1 else { return own }
        let text = own.map { "\($0)" }.joined(separator: " ")
        return ranks.gather(Array(text.utf8)).map { bytes in
            String(decoding: bytes, as: UTF8.self).split(separator: " ").compactMap { Int($0) }
        }.reduce(own.map { _ in 0 }) { sums, more in zip(sums, more).map(+) }
    }

    private var distillation: Distillation {
        Distillation(
            offset: options[DistillOptions.offset],
            form: form,
            keys: RecordOptions.keys(options)
        )
    }

    /// What the logits depend on.
    private func settings() throws -> JSONValue {
        .object(
            try origin.settings(options) + [
                .init("class_offset", .integer(options[DistillOptions.offset])),
                .init("classes", .integer(classes)),
                .init("dtype", .text(form.precision.rawValue)),
                .init("top_k", form.top.map { .integer($0) } ?? .null),
                .init("also_float", .bool(form.alsoFull)),
                .init(
                    "temperature",
                    options[DistillOptions.temperature].map { .number($0) } ?? .null
                ),
            ]
        )
    }

    // MARK: Checking

    /// Compares a random part of what is there with the teacher.
    func check() throws -> ExitCode {
        let seed = options[DistillOptions.seed] ?? Int.random(in: 0..<1_000_000)
        var check = LogitCheck(
            fraction: options[DistillOptions.check] ?? 0,
            seed: UInt64(seed),
            tolerance: Float(options[DistillOptions.tolerance]),
            offset: options[DistillOptions.offset],
            keys: RecordOptions.keys(options)
        )
        let files = input.part.map(\.output)
        var source = try origin.source(all: input.all, shards: input.part, options, diagnostics)
        var progress = DistillProgress(files, options)
        try ToolError.about(nil) {
            try check.run(files, against: &source) {
                progress.update($0)
                return !Interruption.isRequested
            }
        }
        progress.clear()
        guard check.checkedCount > 0 || Interruption.isRequested else {
            throw ToolError(.file, file: input.output, "there is no record to compare in it")
        }
        try CheckReport(check, seed: seed).deliver(options)
        guard check.difference == nil else { return .no }
        return Interruption.isRequested ? .interrupted : .done
    }
}
