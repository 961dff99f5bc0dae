import Convert
import Data
import Engine
import ToolSupport

/// What a page shows of a classification besides its figures.
struct ClassificationDetails {
    /// Names of classes, by class.
    var names: [Int: String] = [:]
    /// The surest wrong answers; none where they are not known, as in parts that are merged.
    var mistakes: [SurestMistakes.Mistake] = []
}

/// The parts of a page about classes, confusions, calibration and mistakes.
enum ClassificationPage {
    /// How many pairs of confused classes are listed.
    private static let pairLimit = 50

    /// All parts that can be had of what was counted.
    static func body(_ counted: PartialScores, _ details: ClassificationDetails) -> String {
        var text = ""
        if let evaluation = counted.evaluation {
            text += "<h2>Confidence and accuracy</h2>\n"
            text += reliability(evaluation.calibrationError)
        }
        if !details.mistakes.isEmpty {
            text += "<h2>The surest mistakes</h2>\n" + sheet(details.mistakes, details.names)
        }
        guard let confusion = counted.confusion else { return text }
        let pairs = confusion.mistakes
        if !pairs.isEmpty {
            var table = PageTable(["class", "taken for", "pictures"])
            for (pair, count) in pairs.prefix(pairLimit) {
                table.append([
                    name(pair.label, details.names), name(pair.answer, details.names), "\(count)",
                ])
            }
            text += "<h2>Classes taken for others</h2>\n" + table.html
            if pairs.count > pairLimit {
                text += "<p>and \(pairs.count - pairLimit) more pairs</p>\n"
            }
        }
        var table = PageTable(["class", "pictures", "accuracy", "precision", "F1"])
        for one in confusion.classes.sorted(by: { ($0.recall, $0.label) < ($1.recall, $1.label) }) {
            table.append([
                name(one.label, details.names), "\(one.pictures)",
                one.pictures == 0 ? "-" : fixed(one.recall, digits: 4),
                one.answers == 0 ? "-" : fixed(one.precision, digits: 4), fixed(one.f1, digits: 4),
            ])
        }
        return text + "<h2>Classes, the least known first</h2>\n" + table.html
    }

    private static func name(_ index: Int, _ names: [Int: String]) -> String {
        names[index].map { "\(index) \($0)" } ?? "\(index)"
    }

    /// A bar of accuracy for each tenth of confidence, with a line where honest confidence would end.
    private static func reliability(_ error: CalibrationError) -> String {
        let groups = error.reliability.enumerated().map { index, bin in
            let count = bin?.count ?? 0
            let last = Double(index + 1) / Double(CalibrationError.binCount)
            return BarChart.Group(
                "to \(fixed(last, digits: 1)): \(grouped(count))",
                [bin?.accuracy],
                mark: bin?.confidence
            )
        }
        return BarChart(groups, names: ["accuracy"], markName: "mean confidence").svg
            + "<p>Each bar is the accuracy of the pictures whose confidence ends in its tenth, the line their mean "
            + "confidence; below it stands how many they are.</p>\n"
    }

    private static func sheet(
        _ mistakes: [SurestMistakes.Mistake],
        _ names: [Int: String]
    ) -> String {
        var text = "<div class=\"sheet\">\n"
        for mistake in mistakes {
            let origin = mistake.picture.name.map { "\($0)" } ?? "\(mistake.picture.origin)"
            let caption =
                "\(origin): \(name(mistake.label, names)), taken for "
                + "\(name(mistake.answer, names)) (\(fixed(100 * mistake.confidence, digits: 1)) %)"
            text +=
                "<figure>\(EvaluationPage.image(mistake.picture.bytes))<figcaption>"
                + "\(HTMLText.escaped(caption))</figcaption></figure>\n"
        }
        return text + "</div>\n"
    }
}
