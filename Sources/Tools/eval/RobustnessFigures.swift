import Base
import Convert
import Data
import Engine
import Foundation
import ToolSupport

/// The figures of robustness against corruptions: the published table, and the benchmark's own beside it.
struct RobustnessFigures {
    /// The published mean over all nineteen, as multiples of AlexNet's errors.
    var published: PartialMean? {
        guard isWhole else { return nil }
        return errors.mean(over: Corruption.allCases, .pooled, .alexNet)
    }

    let errors: CorruptionError
    let partial: PartialEvaluation
    private let wanted: [MeasuredPart]

    init(_ partial: PartialEvaluation, wanted: [MeasuredPart]? = nil) {
        self.partial = partial
        errors = partial.scores.corruption ?? CorruptionError()
        self.wanted = wanted ?? []
    }

    var measured: [Corruption] {
        Corruption.allCases.filter { errors.error(under: $0, .pooled) != nil }
    }

    /// The error on clean pictures; nil without any.
    var cleanError: Double? {
        partial.scores.clean.flatMap { $0.count > 0 ? 1 - $0.value : nil }
    }

    /// Whether every severity of every corruption was measured.
    private var isWhole: Bool {
        Corruption.allCases.allSatisfy { errors.missingSeverities(of: $0).isEmpty }
    }

    // MARK: Means

    /// One of the means.
    struct Mean {
        let name: String
        let title: String
        let value: PartialMean?
        let corruptions: [Corruption]
    }

    /// The two published means, over nineteen.
    var publishedMeans: [Mean] {
        let all = Corruption.allCases
        return [
            Mean(
                name: "mce",
                title: "mCE (normalized by AlexNet errors)",
                value: errors.mean(over: all, .pooled, .alexNet),
                corruptions: all
            ),
            Mean(
                name: "mce_unnormalized",
                title: "mCE (unnormalized)",
                value: errors.mean(over: all, .pooled, .unnormalized),
                corruptions: all
            ),
        ]
    }

    /// The benchmark's means, over fifteen.
    var benchmarkMeans: [Mean] {
        let fifteen = Corruption.benchmark
        var means = [
            Mean(
                name: "mce_15",
                title: "benchmark's mCE over 15",
                value: errors.mean(over: fifteen, .bySeverity, .alexNet),
                corruptions: fifteen
            ),
            Mean(
                name: "mce_15_unnormalized",
                title: "benchmark's mean error over 15",
                value: errors.mean(over: fifteen, .bySeverity, .unnormalized),
                corruptions: fifteen
            ),
        ]
        if let cleanError {
            means.append(
                Mean(
                    name: "relative_mce_15",
                    title: "relative mCE over 15",
                    value: errors.mean(
                        over: fifteen,
                        .bySeverity,
                        .relative(clean: cleanError)
                    ),
                    corruptions: fifteen
                )
            )
        }
        return means
    }

    /// What a mean is not over, in brackets; nothing where it is over all.
    func gap(of mean: Mean) -> String {
        let missing = mean.corruptions.map { errors.missingSeverities(of: $0).count }
        let all = mean.corruptions.count * Corruption.severities.count
        let there = all - missing.reduce(0, +)
        guard there < all, let value = mean.value else { return "" }
        return " of \(value.count) of \(value.total) corruptions, \(there) of \(all) severities"
    }

    /// What was not measured, a sentence each.
    var gaps: [String] {
        let without = Corruption.allCases.filter { !measured.contains($0) }
        var sentences: [String] = []
        if !without.isEmpty {
            let names = without.map(\.rawValue).joined(separator: ", ")
            sentences.append("not measured, and not in the means: \(names)")
        }
        for corruption in measured {
            let missing = errors.missingSeverities(of: corruption)
            guard !missing.isEmpty else { continue }
            let list = missing.map { "\($0)" }.joined(separator: ", ")
            sentences.append(
                "\(corruption.rawValue): not measured, and not in its error: severity \(list)"
            )
        }
        return sentences
    }

    // MARK: Text

    /// The published lines.
    var publishedText: String {
        var text = ""
        for corruption in measured {
            guard let plain = errors.error(under: corruption, .pooled),
                let normalized = errors.error(under: corruption, .pooled, .alexNet)
            else { continue }
            let name = corruption.rawValue
            let pad = String(repeating: " ", count: max(0, 15 - name.count))
            text +=
                "Distortion: \(name)\(pad)  | CE (unnormalized) (%): \(percent(plain))"
                + "  | CE (normalized) (%): \(percent(normalized))\n"
        }
        for mean in publishedMeans {
            guard let value = mean.value else { continue }
            text += "\(mean.title)\(gap(of: mean)) (%): \(percent(value.value))\n"
        }
        return text
    }

    /// What stands beside the published table.
    var benchmarkText: String {
        var text = ""
        for mean in benchmarkMeans {
            guard let value = mean.value else { continue }
            text += "\(mean.title)\(gap(of: mean)) (%): \(percent(value.value))\n"
        }
        if let cleanError, let clean = partial.scores.clean {
            text += "clean error (%): \(percent(cleanError)) of \(grouped(clean.count)) pictures\n"
        }
        return text + "\n" + severityTable.text
    }

    /// The error at every severity.
    var severityTable: Table {
        let severities = Corruption.severities.map { "\($0)" }
        var table = Table(
            [.left] + Array(repeating: .right, count: severities.count + 3),
            titles: ["error (%) by severity"] + severities + ["mean", "CE", "pictures"]
        )
        for corruption in measured {
            let accuracies = Corruption.severities.map {
                errors.accuracy(under: corruption, severity: $0)
            }
            table.append(
                [corruption.rawValue]
                    + accuracies.map { $0.map { percent(1 - $0.value) } ?? "-" }
                    + [
                        errors.error(under: corruption, .bySeverity).map(percent) ?? "-",
                        errors.error(under: corruption, .bySeverity, .alexNet).map(percent) ?? "-",
                        "\(accuracies.reduce(0) { $0 + ($1?.count ?? 0) })",
                    ]
            )
        }
        return table
    }

    func percent(_ share: Double) -> String { fixed(100 * share, digits: 2) }

    /// Writes and prints what the options ask for, and says what was not measured.
    ///
    /// - Throws: ``ToolError``.
    ///
    /// `sheet` has one picture under each corruption, if pictures are at hand.
    func deliver(
        _ options: ParsedOptions,
        _ diagnostics: Diagnostics,
        sheet: (any PictureSource)? = nil
    ) throws {
        for sentence in gaps { diagnostics.warning(sentence) }
        var document = results
        let isCSV = options[EvalOptions.resultsFile]?.lowercased().hasSuffix(".csv") ?? false
        if isCSV {
            for corruption in Corruption.allCases {
                for severity in Corruption.severities {
                    let accuracy = errors.accuracy(under: corruption, severity: severity)
                    document.append(
                        "\(corruption.rawValue)_\(severity)",
                        accuracy.map { .figure(1 - $0.value) } ?? .null
                    )
                }
            }
            try document.writeIfAsked(options)
        }
        var whole = results
        whole.append("corruptions", corruptions)
        if !isCSV { try whole.writeIfAsked(options) }
        try EvaluationPage.writeIfAsked(
            "Robustness against corruptions",
            page + (sheet.map(EvaluationPage.sheet) ?? ""),
            results,
            options
        )
        try StandardOutput.write(
            options[RunOptions.json]
                ? whole.json.indentedText : publishedText + "\n" + benchmarkText
        )
    }
}
