import Base
import Engine
import Foundation
import TestSupport
import Testing

/// Predictions under all corruptions, severities of unequal size, and what the published evaluation says of them; see
/// `fixtures/corruptions`.
private struct EvaluationGolden: Decodable {
    struct Relative: Decodable {
        let clean: Double
        let errors: [String: Double]
        let mean: Double

        enum CodingKeys: String, CodingKey {
            case clean = "clean_err_net"
            case errors = "relative_ce15"
            case mean = "relative_mce15"
        }
    }

    let predictions: [String: [String: [[Int]]]]
    let lines: [String]
    let unnormalized, normalized: [String: Double]
    let mean19, plain19, mean15, plain15, bySeverity15: Double
    let relative: Relative

    enum CodingKeys: String, CodingKey {
        case predictions, relative
        case lines = "original_stdout"
        case unnormalized = "ce_unnormalised"
        case normalized = "ce_normalised"
        case mean19 = "mce19_normalised"
        case plain19 = "mce19_unnormalised"
        case mean15 = "mce15_normalised"
        case plain15 = "mce15_unnormalised"
        case bySeverity15 = "mce15_mean_of_severity_means"
    }

    private struct File: Decodable {
        let mce: EvaluationGolden
    }

    static func load() throws -> EvaluationGolden {
        try Fixture.json("corruptions/metrics.json", as: File.self).mce
    }

    /// The predictions counted; labels are counted from 1 in them.
    func counted(_ isCounted: (Corruption, Int) -> Bool = { _, _ in true }) throws
        -> CorruptionError
    {
        var error = CorruptionError()
        for (name, severities) in predictions {
            let corruption = try #require(Corruption(rawValue: name))
            for (key, rows) in severities {
                let severity = try #require(Int(key))
                guard isCounted(corruption, severity) else { continue }
                for row in rows {
                    error.add(row[0] + 1 == row[1], under: corruption, severity: severity)
                }
            }
        }
        return error
    }
}

@Suite struct CorruptionErrorTests {
    private static func isNear(_ value: Double?, _ expected: Double?) -> Bool {
        guard let value, let expected else { return false }
        return abs(value - expected) < 1e-14
    }

    @Test("errors pooled over unequal severities, and their lines, are the published evaluation's")
    func published() throws {
        let golden = try EvaluationGolden.load()
        let error = try golden.counted()
        var lines: [String] = []
        for corruption in Corruption.allCases {
            let plain = try #require(error.error(under: corruption, .pooled))
            let normalized = try #require(error.error(under: corruption, .pooled, .alexNet))
            #expect(plain == golden.unnormalized[corruption.rawValue])
            #expect(normalized == golden.normalized[corruption.rawValue])
            let name = corruption.rawValue.padding(toLength: 15, withPad: " ", startingAt: 0)
            let label = corruption.rawValue.count > 15 ? corruption.rawValue : name
            lines.append(
                "Distortion: \(label)  | CE (unnormalized) (%): "
                    + String(format: "%.2f", 100 * plain) + "  | CE (normalized) (%): "
                    + String(format: "%.2f", 100 * normalized)
            )
        }
        let mean = try #require(error.mean(over: Corruption.allCases, .pooled, .alexNet))
        let plain = try #require(error.mean(over: Corruption.allCases, .pooled, .unnormalized))
        #expect(Self.isNear(mean.value, golden.mean19))
        #expect(Self.isNear(plain.value, golden.plain19))
        #expect(mean.count == 19 && mean.isWhole)
        lines.append(
            "mCE (normalized by AlexNet errors) (%): " + String(format: "%.2f", 100 * mean.value)
        )
        lines.append("mCE (unnormalized) (%): " + String(format: "%.2f", 100 * plain.value))
        #expect(lines == golden.lines)
    }

    @Test("the benchmark's means are over fifteen, by severity, and relative to clean pictures")
    func benchmark() throws {
        let golden = try EvaluationGolden.load()
        let error = try golden.counted()
        let fifteen = Corruption.benchmark
        #expect(fifteen.count == 15 && fifteen.last == .jpegCompression)
        #expect(Self.isNear(error.mean(over: fifteen, .pooled, .alexNet)?.value, golden.mean15))
        #expect(
            Self.isNear(error.mean(over: fifteen, .pooled, .unnormalized)?.value, golden.plain15)
        )
        let bySeverity = error.mean(over: fifteen, .bySeverity, .alexNet)
        #expect(Self.isNear(bySeverity?.value, golden.bySeverity15))
        let scale = CorruptionError.Scale.relative(clean: golden.relative.clean)
        for corruption in fifteen {
            let relative = error.error(under: corruption, .pooled, scale)
            #expect(Self.isNear(relative, golden.relative.errors[corruption.rawValue]))
        }
        let relative = error.mean(over: fifteen, .pooled, scale)
        #expect(Self.isNear(relative?.value, golden.relative.mean))
    }

    @Test("severities of unequal size count alike, or their pictures do")
    func unequal() {
        var error = CorruptionError()
        for _ in 0..<9 { error.add(true, under: .fog, severity: 1) }
        error.add(false, under: .fog, severity: 5)
        #expect(error.error(under: .fog, .pooled) == 1 - 0.9)
        #expect(error.error(under: .fog, .bySeverity) == 0.5)
        #expect(error.accuracy(under: .fog, severity: 1)?.count == 9)
        #expect(error.accuracy(under: .fog, severity: 2) == nil)
        #expect(error.missingSeverities(of: .fog) == [2, 3, 4])
    }

    @Test("what is missing is no zero in a mean, which says of how many it is")
    func missing() throws {
        var error = CorruptionError()
        #expect(error.error(under: .snow, .pooled) == nil)
        #expect(error.mean(over: Corruption.allCases, .pooled, .alexNet) == nil)
        #expect(error.mean(over: [], .pooled, .alexNet) == nil)
        #expect(error.missingSeverities(of: .snow) == [1, 2, 3, 4, 5])
        error.add(Accuracy(), under: .snow, severity: 1)
        #expect(error.error(under: .snow, .pooled) == nil)
        for severity in 1...4 { error.add(severity > 2, under: .snow, severity: severity) }
        let mean = try #require(error.mean(over: Corruption.benchmark, .pooled, .alexNet))
        #expect(mean.value == 0.5 / 0.8668)
        #expect(mean.count == 1 && mean.total == 15 && !mean.isWhole)
    }

    @Test("parts that are merged in any order are the whole")
    func merging() throws {
        let golden = try EvaluationGolden.load()
        let whole = try golden.counted()
        let parts = try (0..<3).map { part in
            try golden.counted { corruption, severity in
                (corruption.rawValue.count + severity) % 3 == part
            }
        }
        for order in [[0, 1, 2], [2, 0, 1]] {
            var merged = CorruptionError()
            for part in order { merged.merge(parts[part]) }
            #expect(merged == whole)
        }
    }

    @Test("AlexNet's errors and names are those of ImageNet-C")
    func names() {
        #expect(Corruption.allCases.count == 19)
        #expect(Corruption(rawValue: "jpeg_compression") == .jpegCompression)
        #expect(Corruption(rawValue: "elastic_transform")?.alexNetError == 0.6461)
        let sum = Corruption.allCases.reduce(0) { $0 + $1.alexNetError }
        #expect(abs(sum - 14.8433) < 1e-9)
    }
}
