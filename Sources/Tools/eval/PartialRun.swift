import Convert
import Data
import Engine
import Foundation
import ToolSupport

/// What of an evaluation is kept in a file as it goes on, where that is wanted; else it counts and keeps nothing.
final class PartialRun {
    /// What has been counted so far, in earlier runs too.
    private(set) var partial: PartialEvaluation
    /// Whether an earlier run is gone on with.
    let isResumed: Bool
    /// Whether pictures are counted by their places, as parts divide them.
    var isDivided: Bool { path != nil || partial.parts > 1 }
    private let path: String?
    private let earlier: Double
    /// What earlier runs left out.
    private var earlierSkips = 0
    private var earlierLast: Int?
    private let start = ContinuousClock.now
    private var saved = ContinuousClock.now

    /// How often the file is written.
    private static let interval = Duration.seconds(20)

    /// A run of which nothing is kept unless the command line says so.
    ///
    /// - Throws: ``ToolError`` for a file that is there without being asked for, or of another evaluation.
    init(
        _ options: ParsedOptions,
        settings: [PartialEvaluation.Fact],
        remarks: [PartialEvaluation.Fact],
        scores: PartialScores,
        _ diagnostics: Diagnostics
    ) throws {
        let ranks = Ranks.current
        let part = options[EvalOptions.part] ?? Part(index: ranks.rank, count: ranks.count)
        var fresh = PartialEvaluation(
            settings: settings,
            remarks: remarks,
            part: part.index,
            of: part.count
        )
        fresh.scores = scores
        // Each rank keeps its own part, which is one for --merge too.
        path = options[EvalOptions.partial].map {
            ranks.count > 1 ? "\($0).\(ranks.rank)-of-\(ranks.count)" : $0
        }
        guard let path else {
            partial = fresh
            isResumed = false
            earlier = 0
            return
        }
        let isThere = FileManager.default.fileExists(atPath: path)
        guard isThere, options[EvalOptions.resume] else {
            guard !isThere || options[RunOptions.force] else {
                throw ToolError(
                    .file,
                    file: path,
                    "the file exists; --resume goes on with it, --force replaces it"
                )
            }
            partial = fresh
            isResumed = false
            earlier = 0
            return
        }
        let found = try ToolError.about(nil) { try PartialFile.read(path) }
        if let reason = found.contradiction(with: fresh) {
            throw ToolError(
                .mismatch,
                file: path,
                "this is a part of another evaluation: \(reason) (first the file, then this run)"
            )
        }
        guard found.part == fresh.part else {
            throw ToolError(
                .mismatch,
                file: path,
                "this is part \(found.part)/\(found.parts), not \(fresh.part)/\(fresh.parts)"
            )
        }
        partial = found
        isResumed = true
        earlier = found.seconds
        (earlierSkips, earlierLast) = (found.skipped, found.lastSkipped)
        diagnostics.note(
            found.isComplete
                ? "\(path) is done: its \(grouped(found.scores.count)) pictures are counted already"
                : "going on behind the \(grouped(found.scores.count)) pictures in \(path)"
        )
    }

    /// Checks what the options say of parts, before anything is read.
    ///
    /// - Throws: ``ToolError`` with ``ExitCode/usage``.
    static func check(_ options: ParsedOptions) throws {
        func spelled(_ option: some DeclaredOption) -> String { options.spelling(of: option) }
        let hasFile = options.isGiven(EvalOptions.partial)
        let isShared = Ranks.current.count > 1
        guard !isShared || !options.isGiven(EvalOptions.part) else {
            throw ToolError(
                .usage,
                "\(spelled(EvalOptions.part)): \(Ranks.current.count) ranks divide the pictures already"
            )
        }
        for option in [EvalOptions.part] where options.isGiven(option) && !hasFile {
            throw ToolError(.usage, "\(spelled(option)) needs --partial FILE to keep its part in")
        }
        guard !options[EvalOptions.resume] || hasFile else {
            throw ToolError(.usage, "--resume needs the --partial FILE to go on with")
        }
        guard hasFile || isShared else { return }
        guard
            !hasFile || !options.isGiven(EvalOptions.tensor) && !options.isGiven(EvalOptions.images)
        else { throw ToolError(.usage, "--partial keeps what --data-dir is measured on") }
        if options.isGiven(EvalOptions.limit), options[EvalOptions.skipCorrupt] > 0 {
            throw ToolError(
                .usage,
                "\(hasFile ? "--partial takes" : "several ranks take") either --limit or --skip-corrupt: which pictures make up for those "
                    + "that are left out would depend on the parts"
            )
        }
        let files: [any DeclaredOption] = [
            EvalOptions.predictions, EvalOptions.logits, EvalOptions.embeddings, EvalOptions.pixels,
            EvalOptions.stages,
        ]
        if options[EvalOptions.resume], let file = files.first(where: { options.isGiven($0) }) {
            throw ToolError(
                .usage,
                "--\(file.declaration.name) would hold only what --resume goes on with"
            )
        }
    }

    /// The pictures that are still to be counted.
    func share(
        of source: any PictureSource,
        unit: Int = 1,
        limit: Int? = nil
    ) -> PictureShare {
        PictureShare(
            source,
            part: partial.part,
            of: partial.parts,
            unit: unit,
            from: partial.position,
            limit: limit
        )
    }

    /// The seconds that all runs took together.
    var seconds: Double { earlier + (ContinuousClock.now - start) / .seconds(1) }

    /// How many more corrupt pictures may be left out, of which `unit` that follow one another are made of one.
    func tolerance(_ skips: Int, unit: Int = 1) -> Evaluator.Tolerance {
        Evaluator.Tolerance(
            skips: max(skips - partial.skipped, 0),
            unit: unit,
            lastSkipped: partial.lastSkipped
        )
    }

    /// Where all runs together stand when this one has come so far.
    private func mark(_ mark: Evaluator.Mark) -> Evaluator.Mark {
        var whole = mark
        whole.skipped += earlierSkips
        whole.lastSkipped = mark.lastSkipped ?? earlierLast
        return whole
    }

    /// Puts the parts of all ranks together, at the first of them.
    ///
    /// - Throws: ``ToolError`` where they do not belong together, or have left out too much.
    func gather(_ options: ParsedOptions) throws {
        let ranks = Ranks.current
        guard ranks.count > 1 else { return }
        partial = try ToolError.about(nil, exitCode: .mismatch) {
            try partial.gathered(over: ranks)
        }
        guard ranks.isFirst, partial.skipped > options[EvalOptions.skipCorrupt] else { return }
        throw ToolError(
            .file,
            "\(partial.skipped) pictures were left out by all ranks together, which is more than "
                + "--skip-corrupt \(options[EvalOptions.skipCorrupt])"
        )
    }

    /// Says that figures are those of a part only, where they are.
    func tellPart(_ diagnostics: Diagnostics) {
        guard partial.parts > 1 else { return }
        diagnostics.note(
            "these are the figures of part \(partial.part)/\(partial.parts) alone; --merge puts all "
                + "parts together"
        )
    }

    /// Takes what has been counted, and writes it down now and then.
    ///
    /// - Throws: ``ToolError``.
    func take(
        _ scores: @autoclosure () -> PartialScores,
        at mark: Evaluator.Mark
    ) throws {
        guard path != nil, ContinuousClock.now - saved >= Self.interval else { return }
        try finish(scores(), at: mark, isComplete: false)
    }

    /// Takes what has been counted in the end, and writes it down.
    ///
    /// - Throws: ``ToolError``.
    func finish(
        _ scores: PartialScores,
        at mark: Evaluator.Mark,
        isComplete: Bool
    ) throws {
        let mark = self.mark(mark)
        partial.scores = scores
        partial.position = mark.position
        partial.skipped = mark.skipped
        partial.lastSkipped = mark.lastSkipped
        partial.isComplete = isComplete
        partial.seconds = seconds
        guard let path else { return }
        try ToolError.about(nil) { try PartialFile.write(partial, to: path) }
        saved = .now
    }
}
