import Base
import Convert
import Data
import Engine
import Networks
import ToolSupport

/// Finds what a checkpoint cannot tell, and prints the flags to use.
struct GuessRun {
    private let options: ParsedOptions
    private let diagnostics: Diagnostics
    private let network: Network
    private let input: EvaluationInput

    /// How many pictures are looked at where nothing is said.
    private static let pictureCount = 256
    /// What fell behind on fewer pictures than this is not spoken of: that is what the search is for.
    private static let tellingCount = 32
    /// Within so many standard errors two candidates are not told apart.
    private static let significance = 2.0

    init(_ options: ParsedOptions, _ diagnostics: Diagnostics) throws {
        self.options = options
        self.diagnostics = diagnostics
        (network, _) = try EvaluatedNetwork.open(options, diagnostics)
        input = try EvaluationInput(options, network)
        guard input.hasLabels, input.preprocessing != nil, !options[RetrievalOptions.zeroShot]
        else {
            throw ToolError(.usage, "--guess needs labelled pictures: give --data-dir")
        }
    }

    func run() throws -> ExitCode {
        diagnostics.note("model: \(network.files.path)")
        diagnostics.tell(input.remarks)
        let wanted = options[EvalOptions.limit] ?? Self.pictureCount
        let pictures = try ToolError.about(nil) { try input.source.sample(wanted) }
        guard pictures.count > 1 else {
            throw ToolError(.file, "there are no pictures to guess by: \(input.source.description)")
        }
        // An offset that was asked for is in the labels already.
        let isGiven = options[EvalOptions.labelOffset] != nil
        let execution = try EngineOptions.execution(options)
        var guess = Guess(
            network,
            pictures,
            offsets: isGiven ? [0] : [0, 1, -1],
            options[EvalOptions.weights],
            execution
        )
        guard guess.isNeeded else {
            throw ToolError(
                .usage,
                "everything is known of this network, by flags or by what is recorded of it: nothing is left to guess"
            )
        }
        var progress = Progress(
            total: nil,
            unit: "combinations",
            isEnabled: options[RunOptions.progress]
        )
        let found = try guess.search { tried, _ in
            progress.update(tried)
            return !Interruption.isRequested
        }
        guard !Interruption.isRequested else {
            diagnostics.warning("interrupted; nothing is certain yet")
            return .interrupted
        }
        guard let best = found.compared.first, best.loss.isFinite else {
            throw ToolError(.file, "none of the \(pictures.count) pictures can be used")
        }
        let outcome = Outcome(
            compared: found.compared,
            fallenBehind: found.fallenBehind,
            same: (found.compared.dropFirst()
                + found.fallenBehind.filter { $0.count >= Self.tellingCount })
                .filter { isSame($0, as: best) },
            tried: guess.triedCount,
            offset: input.labelOffset,
            classes: network.classes
        )
        try StandardOutput.write(
            options[RunOptions.json] ? outcome.document.indentedText : outcome.text
        )
        for sentence in outcome.doubts { diagnostics.warning(sentence) }
        return .done
    }

    private func isSame(_ trial: GuessTrial, as best: GuessTrial) -> Bool {
        let (mean, error) = best.margin(to: trial)
        return mean <= Self.significance * error
    }
}

/// What came out of a guess.
private struct Outcome {
    /// The best, and those that were compared with it on all pictures.
    let compared: [GuessTrial]
    /// Those that fell behind on fewer.
    let fallenBehind: [GuessTrial]
    /// Those that cannot be told from the best.
    let same: [GuessTrial]
    let tried: Int
    /// What was added to the labels before.
    let offset: Int
    let classes: Int

    private func flags(_ trial: GuessTrial) -> [String] {
        trial.candidate.flags + ["--label-offset=\(offset + trial.labelOffset)"]
    }

    /// Why the answer is not to be relied on, a sentence each.
    var doubts: [String] {
        var doubts: [String] = []
        guard let best = compared.first else { return [] }
        if best.accuracy < 3 / Double(classes) + 0.05 {
            doubts.append(
                "even the best is hardly better than chance: \(fixed(best.accuracy, digits: 3)) of "
                    + "\(classes) classes; the labels may mean other classes"
            )
        }
        for trial in same {
            let (mean, error) = best.margin(to: trial)
            let differing = zip(flags(trial), flags(best)).filter { $0 != $1 }.map(\.0)
            let what =
                differing.isEmpty || trial.candidate.flags.count != best.candidate.flags.count
                ? flags(trial).joined(separator: " ") : differing.joined(separator: " ")
            doubts.append(
                mean == 0 && error == 0
                    ? "\(what) computes the same on \(trial.count) pictures"
                    : "\(what) cannot be told from the best with \(trial.count) pictures; -n gives more"
            )
        }
        return doubts
    }

    /// The most combinations that are shown.
    private static let rowCount = 10

    private var rows: [GuessTrial] {
        Array((compared + fallenBehind).prefix(max(Self.rowCount, compared.count)))
    }

    var text: String {
        guard let best = compared.first else { return "" }
        var table = Table(
            [.right, .right, .right, .right, .left],
            titles: ["pictures", "loss", "accuracy", "behind by", "flags"]
        )
        for (place, trial) in rows.enumerated() {
            let (mean, error) = best.margin(to: trial)
            table.append([
                "\(trial.count)", fixed(trial.loss, digits: 4), fixed(trial.accuracy, digits: 3),
                place == 0 ? "" : "\(fixed(mean, digits: 4)) ± \(fixed(error, digits: 4))",
                flags(trial).joined(separator: " "),
            ])
        }
        return table.text
            + "\(grouped(tried)) combinations tried, the best of them on \(grouped(best.count)) pictures\n"
            + "use: \(flags(best).joined(separator: " "))\n"
    }

    var document: JSONValue {
        let rows = rows.map { trial -> JSONValue in
            let margin = compared[0].margin(to: trial)
            let members = flags(trial).map { flag -> JSONValue.Member in
                let parts = flag.dropFirst(2).split(
                    separator: "=",
                    maxSplits: 1,
                    omittingEmptySubsequences: false
                )
                return .init(String(parts[0]), .text(String(parts.last ?? "")))
            }
            let isTold = !same.contains { $0.candidate == trial.candidate }
            return .object([
                .init("pictures", .integer(trial.count)),
                .init("loss", .number(trial.loss)),
                .init("accuracy", .number(trial.accuracy)),
                .init("behind_by", .number(margin.mean)),
                .init("standard_error", margin.error.isFinite ? .number(margin.error) : .null),
                .init("told_from_best", .bool(isTold && trial.candidate != compared[0].candidate)),
                .init("flags", .object(members)),
            ])
        }
        return JSONValue.document(
            schema: "reassemble.eval.guess",
            version: 1,
            [
                .init("tried", .integer(tried)),
                .init("pictures", .integer(compared.first?.count ?? 0)),
                .init("ranking", .array(rows)),
            ]
        )
    }
}
