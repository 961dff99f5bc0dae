import Engine
import Foundation
import Testing

@Suite("A confusion of classes")
struct ConfusionTests {
    /// Labels 0 0 0 1 1 2 and answers 0 0 1 1 2 3: class 3 is an answer only.
    private static var small: Confusion {
        var confusion = Confusion()
        for (label, answer) in [(0, 0), (0, 0), (0, 1), (1, 1), (1, 2), (2, 3)] {
            confusion.add(label: label, answer: answer)
        }
        return confusion
    }

    @Test("counts each class as label and as answer")
    func classes() {
        let classes = Self.small.classes
        #expect(classes.map(\.label) == [0, 1, 2, 3])
        #expect(classes.map(\.pictures) == [3, 2, 1, 0])
        #expect(classes.map(\.answers) == [2, 2, 1, 1])
        #expect(classes.map(\.correct) == [2, 1, 0, 0])
        #expect(classes.map(\.precision) == [1, 0.5, 0, 0])
        #expect(classes.map(\.recall) == [2.0 / 3, 0.5, 0, 0])
        #expect(classes.map(\.f1) == [0.8, 0.5, 0, 0])
    }

    @Test("averages as scikit-learn does, classes without pictures or answers as 0")
    func averages() {
        let macro = Self.small.averages(.macro)
        #expect(abs(macro.precision - 1.5 / 4) < 1e-15)
        #expect(abs(macro.recall - (2.0 / 3 + 0.5) / 4) < 1e-15)
        #expect(abs(macro.f1 - 1.3 / 4) < 1e-15)
        let micro = Self.small.averages(.micro)
        #expect(micro.precision == 0.5 && micro.recall == 0.5 && micro.f1 == 0.5)
        #expect(Confusion().averages(.macro).f1.isNaN && Confusion().averages(.micro).f1.isNaN)
    }

    @Test("lists mistakes, the most frequent first, then by class")
    func mistakes() {
        var confusion = Self.small
        confusion.add(label: 2, answer: 3)
        let mistakes = confusion.mistakes
        #expect(mistakes.map(\.count) == [2, 1, 1])
        #expect(mistakes.map(\.pair.label) == [2, 0, 1])
    }

    @Test("is the same in parts, and after being written and read")
    func parts() throws {
        var parts = Confusion()
        parts.merge(Self.small)
        parts.merge(Self.small)
        #expect(parts.classes.map(\.pictures) == [6, 4, 2, 0])
        let data = try JSONEncoder().encode(parts)
        #expect(try JSONDecoder().decode(Confusion.self, from: data) == parts)
    }

    @Test(
        "refuses what cannot have been counted",
        arguments: [
            #"{"labels":[0],"answers":[0,1],"counts":[1]}"#,
            #"{"labels":[0],"answers":[0],"counts":[-1]}"#,
            #"{"labels":[0,0],"answers":[1,1],"counts":[1,1]}"#,
        ]
    )
    func damaged(text: String) {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(Confusion.self, from: Data(text.utf8))
        }
    }

    @Test("An answer is right where it is among several labels; no labels count nothing")
    func reassessed() {
        var reassessed = ReassessedAccuracy()
        let logits: [Float] = [0, 5, 1, 2, 3, 4, -1]
        reassessed.add(logits.span, labels: [0, 1])
        reassessed.add(logits.span, labels: [2])
        reassessed.add(logits.span, labels: [0, 6])
        reassessed.add(logits.span, labels: [])
        #expect(reassessed.accuracy.count == 3 && reassessed.accuracy.correct == 1)
        #expect(reassessed.topFive.correct == 2)
    }

    @Test("Bins of confidence tell how many, how sure and how right")
    func reliability() {
        var error = CalibrationError()
        error.add(confidence: 0.55, isCorrect: true)
        error.add(confidence: 0.59, isCorrect: false)
        let bins = error.reliability
        #expect(bins.count == 10 && bins.compactMap { $0 }.count == 1)
        #expect(bins[5]?.count == 2 && bins[5]?.accuracy == 0.5)
        #expect(abs((bins[5]?.confidence ?? 0) - 0.57) < 1e-7)
    }
}
