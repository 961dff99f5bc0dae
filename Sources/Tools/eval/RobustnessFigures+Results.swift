import Base
import Convert
import Engine
import ToolSupport

/// The figures of robustness for files and programs.
extension RobustnessFigures {
    private static let told: [(name: String, isNumber: Bool)] = [
        ("model", false), ("classes", true), ("label_offset", true), ("image_size", true),
        ("preprocessing", false), ("checkpoint", false), ("checkpoint_sha256", false),
        ("weights", false), ("math", false), ("batch_size", true), ("resize", true),
        ("seed", true), ("jpeg", false), ("frost", false), ("lossless", false),
        ("reseeds_per_picture", false),
    ]

    /// All figures, one by one.
    var results: Results {
        var results = Results(schema: "reassemble.eval.robustness", version: 1)
        for mean in publishedMeans + benchmarkMeans {
            results.append(mean.name, mean.value.map { .figure($0.value) } ?? .null)
            results.append("\(mean.name)_corruptions", .integer(mean.value?.count ?? 0))
            let missing = mean.corruptions.map { errors.missingSeverities(of: $0).count }
            let all = mean.corruptions.count * Corruption.severities.count
            results.append("\(mean.name)_severities", .integer(all - missing.reduce(0, +)))
        }
        results.append("clean_error", cleanError.map { .figure($0) } ?? .null)
        results.append("images", .integer(partial.scores.count))
        results.append(
            "images_per_second",
            .figure(partial.seconds > 0 ? Double(partial.scores.count) / partial.seconds : 0)
        )
        results.append("skipped", .integer(partial.skipped))
        results.append(partial, Self.told)
        return results
    }

    /// The errors under each corruption.
    var corruptions: JSONValue {
        .array(
            measured.map { corruption in
                func error(
                    _ averaging: CorruptionError.Averaging,
                    _ scale: CorruptionError.Scale = .unnormalized
                ) -> JSONValue {
                    errors.error(under: corruption, averaging, scale).map { .figure($0) } ?? .null
                }
                let severities = Corruption.severities.compactMap { severity in
                    errors.accuracy(under: corruption, severity: severity).map { accuracy in
                        JSONValue.object([
                            .init("severity", .integer(severity)),
                            .init("error", .figure(1 - accuracy.value)),
                            .init("correct", .integer(accuracy.correct)),
                            .init("images", .integer(accuracy.count)),
                        ])
                    }
                }
                return .object([
                    .init("corruption", .text(corruption.rawValue)),
                    .init("ce_unnormalized", error(.pooled)),
                    .init("ce", error(.pooled, .alexNet)),
                    .init("mean_error", error(.bySeverity)),
                    .init("mean_ce", error(.bySeverity, .alexNet)),
                    .init(
                        "relative_ce",
                        cleanError.map { error(.bySeverity, .relative(clean: $0)) } ?? .null
                    ),
                    .init("severities", .array(severities)),
                ])
            }
        )
    }
}
