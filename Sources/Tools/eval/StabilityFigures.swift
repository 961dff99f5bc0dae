import Convert
import Engine
import ToolSupport

/// The figures of how steady answers are: flip probabilities and rates, and distances of the first five classes.
struct StabilityFigures {
    let partial: PartialEvaluation
    private let stabilities: [Perturbation: Stability]
    /// Flip probabilities over AlexNet's.
    let rates: FlipRates

    init(_ partial: PartialEvaluation) {
        self.partial = partial
        stabilities = partial.scores.stability ?? [:]
        rates = FlipRates(stabilities)
    }

    private func isMeasured(_ perturbation: Perturbation) -> Bool {
        stabilities[perturbation].map { $0.videos > 0 } ?? false
    }

    private struct Mean {
        let name: String
        let title: String
        let value: PartialMean?
        let isShare: Bool
    }

    private var means: [Mean] {
        let ten = Perturbation.benchmark
        func mean(_ figure: (Stability) -> Double?) -> PartialMean? {
            PartialMean(ten.map { stabilities[$0].flatMap(figure) })
        }
        return [
            Mean(
                name: "mfr",
                title: "mFR (normalized by AlexNet flip probabilities)",
                value: rates.mean(over: ten),
                isShare: true
            ),
            Mean(
                name: "mean_flip_probability",
                title: "mean flip probability (unnormalized)",
                value: mean(\.flipProbability),
                isShare: true
            ),
            Mean(
                name: "mean_top_5_distance",
                title: "mean top-5 distance (unnormalized)",
                value: mean(\.topFiveDistance),
                isShare: false
            ),
            Mean(
                name: "mean_zipf_distance",
                title: "mean Zipf distance (unnormalized)",
                value: mean(\.zipfDistance),
                isShare: false
            ),
        ]
    }

    private func line(_ perturbation: Perturbation) -> String? {
        guard let stability = stabilities[perturbation], let flip = stability.flipProbability,
            let rate = rates.rate(perturbation), let five = stability.topFiveDistance,
            let zipf = stability.zipfDistance
        else { return nil }
        let name = perturbation.rawValue
        let pad = String(repeating: " ", count: max(0, 15 - name.count))
        return "Perturbation: \(name)\(pad)  | FP (%): \(percent(flip))  | FR (%): "
            + "\(percent(rate))  | T5D: \(fixed(five, digits: 4))  | Zipf: "
            + "\(fixed(zipf, digits: 4))  | videos: \(stability.videos)\n"
    }

    /// The ten of the benchmark with their means, and the four for validation apart.
    var text: String {
        var text = Perturbation.benchmark.compactMap(line).joined()
        for mean in means {
            guard let value = mean.value else { continue }
            let gap = value.isWhole ? "" : " of \(value.count) of \(value.total) perturbations"
            text +=
                mean.isShare
                ? "\(mean.title)\(gap) (%): \(percent(value.value))\n"
                : "\(mean.title)\(gap): \(fixed(value.value, digits: 4))\n"
        }
        let four = Perturbation.validation.compactMap(line).joined()
        return four.isEmpty ? text : text + "\nfor validation, and in no mean:\n" + four
    }

    /// Bars, means and the table, for a page.
    private var page: String {
        var text = "<p>"
        for mean in means {
            guard let value = mean.value else { continue }
            let gap = value.isWhole ? "" : " of \(value.count) of \(value.total) perturbations"
            let figure =
                mean.isShare ? "\(percent(value.value)) %" : fixed(value.value, digits: 4)
            text += "\(mean.title)\(gap): <b>\(figure)</b><br>\n"
        }
        let measured = Perturbation.allCases.filter(isMeasured)
        let chart = BarChart(
            measured.map { perturbation in
                BarChart.Group(
                    perturbation.rawValue,
                    [stabilities[perturbation]?.flipProbability],
                    mark: perturbation.alexNetFlipProbability
                )
            },
            names: ["flip probability"],
            markName: "AlexNet"
        )
        text += "</p>\n<h2>Flip probability</h2>\n" + chart.svg
        let others = measured.filter { !Perturbation.benchmark.contains($0) }.map(\.rawValue)
        let apart =
            others.isEmpty
            ? "" : " For validation, and in no mean: \(others.joined(separator: ", "))."
        text += "<p>Red: AlexNet's.\(apart)</p>\n"
        var table = PageTable(["perturbation", "FP (%)", "FR (%)", "T5D", "Zipf", "videos"])
        for perturbation in measured {
            guard let stability = stabilities[perturbation] else { continue }
            table.append([
                perturbation.rawValue, stability.flipProbability.map(percent) ?? "",
                rates.rate(perturbation).map(percent) ?? "",
                stability.topFiveDistance.map { fixed($0, digits: 4) } ?? "",
                stability.zipfDistance.map { fixed($0, digits: 4) } ?? "",
                "\(stability.videos)",
            ])
        }
        return text + "<h2>Table</h2>\n" + table.html + "<p>As text:</p>\n" + table.copyable
    }

    private func percent(_ share: Double) -> String { fixed(100 * share, digits: 2) }

    private static let told: [(name: String, isNumber: Bool)] = [
        ("difficulty", true), ("model", false), ("classes", true), ("image_size", true),
        ("preprocessing", false), ("checkpoint", false), ("checkpoint_sha256", false),
        ("weights", false), ("math", false), ("batch_size", true),
    ]

    private func results(flat isFlat: Bool) -> Results {
        var results = Results(schema: "reassemble.eval.stability", version: 1)
        for mean in means {
            results.append(mean.name, mean.value.map { .figure($0.value) } ?? .null)
            results.append("\(mean.name)_perturbations", .integer(mean.value?.count ?? 0))
        }
        results.append("images", .integer(partial.scores.count))
        results.append(
            "images_per_second",
            .figure(partial.seconds > 0 ? Double(partial.scores.count) / partial.seconds : 0)
        )
        results.append("skipped", .integer(partial.skipped))
        results.append(partial, Self.told)
        let measured = Perturbation.allCases.filter(isMeasured)
        guard !isFlat else {
            for perturbation in Perturbation.allCases {
                results.append(
                    "\(perturbation.rawValue)_flip_probability",
                    stabilities[perturbation]?.flipProbability.map { .figure($0) } ?? .null
                )
            }
            return results
        }
        results.append("perturbations", .array(measured.map(json)))
        return results
    }

    private func json(_ perturbation: Perturbation) -> JSONValue {
        let stability = stabilities[perturbation]
        func figure(_ value: Double?) -> JSONValue { value.map { .figure($0) } ?? .null }
        return .object([
            .init("perturbation", .text(perturbation.rawValue)),
            .init("in_means", .bool(Perturbation.benchmark.contains(perturbation))),
            .init("flip_probability", figure(stability?.flipProbability)),
            .init("flip_rate", figure(rates.rate(perturbation))),
            .init("top_5_distance", figure(stability?.topFiveDistance)),
            .init("zipf_distance", figure(stability?.zipfDistance)),
            .init("videos", .integer(stability?.videos ?? 0)),
        ])
    }

    /// Writes and prints what the options ask for, and says what was not measured.
    ///
    /// - Throws: ``ToolError``.
    func deliver(_ options: ParsedOptions, _ diagnostics: Diagnostics) throws {
        let without = Perturbation.benchmark.filter { !isMeasured($0) }
        if !without.isEmpty {
            let names = without.map(\.rawValue).joined(separator: ", ")
            diagnostics.warning("not measured, and not in the means: \(names)")
        }
        let isCSV = options[EvalOptions.resultsFile]?.lowercased().hasSuffix(".csv") ?? false
        try results(flat: isCSV).writeIfAsked(options)
        try EvaluationPage.writeIfAsked(
            "Robustness against perturbations",
            page,
            results(flat: true),
            options
        )
        try StandardOutput.write(
            options[RunOptions.json] ? results(flat: false).json.indentedText : text
        )
    }
}
