import Engine
import Testing

@Suite struct CorruptionErrorTests {
    @Test("AlexNet itself has an mCE of 1")
    func alexNet() throws {
        var error = CorruptionError()
        for corruption in Corruption.allCases {
            for severity in Corruption.severities {
                error.note(corruption.alexNetError, under: corruption, severity: severity)
            }
        }
        #expect(abs(try #require(error.mean()) - 1) < 1e-12)
        #expect(abs(try #require(error.mean(over: Corruption.benchmark)) - 1) < 1e-12)
    }

    @Test("the published average takes nineteen, the benchmark's fifteen")
    func scopes() throws {
        #expect(Corruption.allCases.count == 19)
        #expect(Corruption.benchmark.count == 15)
        #expect(Corruption.benchmark.last == .jpegCompression)
        var error = CorruptionError()
        for corruption in Corruption.allCases {
            let isExtra = !Corruption.benchmark.contains(corruption)
            for severity in Corruption.severities {
                let value = corruption.alexNetError * (isExtra ? 0.5 : 0.25) * Double(severity) / 3
                error.note(value, under: corruption, severity: severity)
            }
        }
        #expect(abs(try #require(error.mean(over: Corruption.benchmark)) - 0.25) < 1e-12)
        let expected = (15 * 0.25 + 4 * 0.5) / 19
        let mean = try #require(error.mean())
        #expect(abs(mean - expected) < 1e-12)
    }

    @Test("no figure while something was not measured")
    func missing() {
        var error = CorruptionError()
        for severity in 1...4 { error.note(0.5, under: .snow, severity: severity) }
        #expect(error.relative(.snow) == nil)
        error.note(0.5, under: .snow, severity: 5)
        #expect(error.relative(.snow) == 0.5 / 0.8668)
        #expect(error.mean() == nil)
        #expect(error.mean(over: [.snow]) == 0.5 / 0.8668)
        #expect(error.mean(over: []) == nil)
    }

    @Test("names are those of ImageNet-C's folders")
    func names() {
        #expect(Corruption(rawValue: "jpeg_compression") == .jpegCompression)
        #expect(Corruption(rawValue: "elastic_transform")?.alexNetError == 0.6461)
        let sum = Corruption.allCases.reduce(0) { $0 + $1.alexNetError }
        #expect(abs(sum - 14.8433) < 1e-9)
    }
}
