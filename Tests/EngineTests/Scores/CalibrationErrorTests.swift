import Engine
import TestSupport
import Testing

@Suite struct CalibrationErrorTests {
    private struct Golden: Decodable {
        let n: Int
        let value: Double
    }

    @Test("the published implementation's figure, whatever the parts")
    func golden() throws {
        let golden = try Fixture.json("misc/ece.json", as: Golden.self)
        let confidence = Uniform.values("ece/c", count: golden.n)
        let predicted = Uniform.values("ece/p", count: golden.n).map { Int(10 * $0) }
        let chance = Uniform.values("ece/u", count: golden.n)
        var whole = CalibrationError()
        var parts = [CalibrationError](repeating: CalibrationError(), count: 7)
        for index in 0..<golden.n {
            let isRight = chance[index] < confidence[index] * confidence[index]
            let label = isRight ? predicted[index] : (predicted[index] + 1) % 10
            whole.add(confidence: confidence[index], isCorrect: label == predicted[index])
            parts[index % 7].add(
                confidence: confidence[index],
                isCorrect: label == predicted[index]
            )
        }
        #expect(abs(whole.value - golden.value) <= 1e-5 * golden.value)
        #expect(whole.count == golden.n)
        var merged = CalibrationError()
        for part in parts.reversed() { merged.merge(part) }
        #expect(merged == whole)
    }

    @Test("bounds belong to the bin below them")
    func bounds() {
        // Two predictions in a bin cancel out, in two bins they do not.
        for bound in 1...9 {
            let upper = Float(Double(bound) / 10)
            var same = CalibrationError()
            same.add(confidence: upper, isCorrect: true)
            same.add(confidence: upper.nextDown, isCorrect: false)
            #expect(abs(same.value - abs(0.5 - Double(upper))) < 1e-6)
            var apart = CalibrationError()
            apart.add(confidence: upper, isCorrect: true)
            apart.add(confidence: upper.nextUp, isCorrect: false)
            #expect(abs(apart.value - 0.5) < 1e-6)
        }
    }

    @Test("0 and 1 have a bin, what is not a number has none")
    func ends() {
        var error = CalibrationError()
        error.add(confidence: 0, isCorrect: true)
        error.add(confidence: 1, isCorrect: true)
        #expect(error.value == 0.5)
        error.add(confidence: .nan, isCorrect: true)
        #expect(error.count == 2)
        #expect(CalibrationError().value.isNaN)
    }
}
