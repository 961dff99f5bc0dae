import Convert
import Reference
import Testing

@Suite struct LogitComparisonTests {
    @Test("differences are measured against the largest logit of the row")
    func differences() {
        let comparison = LogitComparison(
            [1, -4, 2, 10, 0, 0],
            [1, -4, 2, 10, 0, 0.0008],
            classes: 3
        )
        #expect(comparison.pictureCount == 2)
        #expect(comparison.largestDifference == 0.0008)
        #expect(abs(comparison.largestRelativeDifference - 8e-5) < 1e-9)
        #expect(comparison.sameArgmaxCount == 2)
        #expect(!comparison.isPassed)
        #expect(comparison.passingTolerance >= 8e-5 && comparison.passingTolerance <= 9.1e-5)
    }

    @Test("equal logits pass, and another argmax does not")
    func verdicts() {
        #expect(LogitComparison([1, 2], [1, 2], classes: 2).isPassed)
        #expect(LogitComparison([1, 2], [1, 2], classes: 2).passingTolerance == 0)
        #expect(!LogitComparison([1, 1.000_001], [1.000_001, 1], classes: 2).isPassed)
    }

    @Test("a value that is no number is an infinite difference")
    func noNumbers() {
        let comparison = LogitComparison([1, 2], [1, .nan], classes: 2)
        #expect(comparison.largestDifference == .infinity)
        #expect(!comparison.isPassed)
    }

    @Test("the fixed pictures are the same for ever")
    func pictures() {
        let bytes = FixedPictures.bytes(2, height: 33, width: 17)
        #expect(bytes.count == 2 * 33 * 17 * 3)
        #expect(Set(bytes).count > 100)
        let values = FixedPictures.values(1, height: 2, width: 2)
        #expect(values.values[0] == Float(FixedPictures.bytes(1, height: 2, width: 2)[0]) - 123.68)
    }
}
