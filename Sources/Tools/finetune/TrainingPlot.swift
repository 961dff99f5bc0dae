import Foundation
import ToolSupport

/// A drawing of a training's `metrics.jsonl`: loss, learning rate and accuracy over the epochs.
struct TrainingPlot {
    private struct Line: Decodable {
        let kind: String
        let epoch: Double
        let loss: Double?
        let cross_entropy: Double?
        let learning_rate: Double?
        let accuracy: Double?
        let recall_at_1: Double?
    }

    private struct Curve {
        let name: String
        let color: String
        let points: [(x: Double, y: Double)]
        /// Whether it may run out of the drawing, which the others decide the height of.
        var mayLeave = false
    }

    /// How far a curve that may leave can raise the drawing, as a share of what the others span.
    private static let tolerance = 0.5

    private let panels: [[Curve]]
    /// The last epoch.
    private let last: Double

    private static let width = 720.0
    private static let height = 240.0
    private static let margin = (left: 64.0, right: 16.0, top: 28.0, bottom: 32.0)

    init(metrics path: String) throws {
        let text = try ToolError.about(path) { try String(contentsOfFile: path, encoding: .utf8) }
        let lines = text.split(separator: "\n").compactMap {
            try? JSONDecoder().decode(Line.self, from: Data($0.utf8))
        }
        last = max(lines.map(\.epoch).max()?.rounded(.up) ?? 1, 1)
        func curve(
            _ name: String,
            _ color: String,
            _ kind: String,
            _ value: (Line) -> Double?
        ) -> Curve {
            let points = lines.filter { $0.kind == kind }.compactMap { line in
                value(line).flatMap { $0.isFinite ? (x: line.epoch, y: $0) : nil }
            }
            return Curve(name: name, color: color, points: points)
        }
        var evaluations = curve("of an evaluation", "#c0392b", "evaluation", \.loss)
        // Moving statistics that have not yet settled make losses of any size.
        evaluations.mayLeave = true
        panels = [
            [
                curve("cross entropy of a step", "#b8cfe6", "step", \.cross_entropy),
                curve("mean of an epoch", "#1f5fa8", "epoch", \.cross_entropy),
                evaluations,
            ],
            [curve("accuracy", "#2e8b57", "evaluation", \.accuracy)],
            [curve("recall at 1", "#2e8b57", "evaluation", \.recall_at_1)],
            [curve("learning rate", "#7d5ba6", "step", \.learning_rate)],
        ].filter { panel in panel.contains { !$0.points.isEmpty } }
    }

    /// The drawing as SVG.
    var text: String {
        let total = Self.height * Double(max(panels.count, 1))
        var text =
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(Self.width) \(total)\" "
            + "font-family=\"sans-serif\" font-size=\"12\">\n"
            + "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
        for (index, panel) in panels.enumerated() {
            text +=
                "<g transform=\"translate(0 \(Self.height * Double(index)))\">\n"
                + Self.draw(panel.filter { !$0.points.isEmpty }, to: last) + "</g>\n"
        }
        return text + "</svg>\n"
    }

    func write(to path: String, replacing isReplacing: Bool) throws {
        var file = try ResultFile(path, replacing: isReplacing)
        try file.write(text)
        try file.finish()
    }

    private static func draw(_ curves: [Curve], to right: Double) -> String {
        let values = curves.flatMap(\.points).map(\.y)
        let inside = curves.filter { !$0.mayLeave }.flatMap(\.points).map(\.y)
        let (least, most) = (values.min() ?? 0, values.max() ?? 1)
        let limit = inside.max().map { $0 + tolerance * ($0 - (inside.min() ?? $0)) } ?? most
        let ticks = ticks(least, min(most, max(limit, least)))
        let (low, high) = (ticks.first ?? 0, ticks.last ?? 1)
        let innerWidth = width - margin.left - margin.right
        let innerHeight = height - margin.top - margin.bottom
        func x(_ value: Double) -> Double { margin.left + value / right * innerWidth }
        func y(_ value: Double) -> Double {
            margin.top + (high - min(value, high)) / max(high - low, 1e-300) * innerHeight
        }
        var text = ""
        for tick in ticks {
            let place = fixed(y(tick), digits: 1)
            text +=
                "<path d=\"M\(margin.left) \(place)H\(width - margin.right)\" stroke=\"#ddd\"/>"
                + "<text x=\"\(margin.left - 6)\" y=\"\(place)\" dy=\"4\" text-anchor=\"end\">"
                + "\(label(tick))</text>\n"
        }
        for tick in Self.ticks(0, right) where tick <= right {
            text +=
                "<text x=\"\(fixed(x(tick), digits: 1))\" y=\"\(height - 12)\" "
                + "text-anchor=\"middle\">\(label(tick))</text>\n"
        }
        var place = margin.left
        for curve in curves {
            let path = curve.points.map {
                "\(fixed(x($0.x), digits: 1)) \(fixed(y($0.y), digits: 1))"
            }.joined(separator: "L")
            text +=
                "<path d=\"M\(path)\" fill=\"none\" stroke=\"\(curve.color)\" stroke-width=\"1.5\"/>\n"
            if curve.points.count < 60 {
                for point in curve.points {
                    text +=
                        "<circle cx=\"\(fixed(x(point.x), digits: 1))\" "
                        + "cy=\"\(fixed(y(point.y), digits: 1))\" r=\"2\" fill=\"\(curve.color)\"/>"
                }
                text += "\n"
            }
            text +=
                "<rect x=\"\(place)\" y=\"9\" width=\"10\" height=\"10\" fill=\"\(curve.color)\"/>"
                + "<text x=\"\(place + 14)\" y=\"18\">\(curve.name)</text>\n"
            place += 30 + 7 * Double(curve.name.count)
        }
        return text + "<text x=\"\(width - margin.right)\" y=\"18\" "
            + "text-anchor=\"end\" fill=\"#888\">over epochs</text>\n"
    }

    /// Round numbers from below the least value to above the largest.
    private static func ticks(_ least: Double, _ most: Double) -> [Double] {
        let span = max(most - least, max(abs(most), 1e-9) * 1e-3)
        let power = pow(10, floor(log10(span / 4)))
        let step = power * ([1, 2, 5, 10].first { span / (power * $0) <= 5 } ?? 10)
        let start = floor(least / step)
        let end = ceil(most / step)
        return (0...Int(max(end - start, 1))).map { (start + Double($0)) * step }
    }

    private static func label(_ value: Double) -> String {
        // The shortest text of the nearest float32 has no digits that come from adding steps up.
        let text = "\(Float(value))"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
