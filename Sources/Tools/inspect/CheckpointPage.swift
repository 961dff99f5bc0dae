import Checkpoint
import Convert
import Engine
import Networks
import Proto
import ToolSupport

/// A checkpoint as a page: the network, where the bytes are, and what the tensors are like.
struct CheckpointPage {
    private let location: CheckpointLocation
    private let summary: CheckpointSummary
    private let source: any TensorSource
    private let format: String
    /// The file of the graph that the checkpoint belongs to, where that is not beside it.
    private let graph: String?

    /// The side of the pictures that the network is drawn for.
    private static let imageSize = 224
    /// The most tensors that are shown.
    private static let tensorLimit = 5000

    init(
        _ location: CheckpointLocation,
        _ summary: CheckpointSummary,
        _ source: any TensorSource,
        format: String,
        graph: String?
    ) {
        self.location = location
        self.summary = summary
        self.source = source
        self.format = format
        self.graph = graph
    }

    func write(to path: String, replacing isReplacing: Bool) throws {
        // A SavedModel goes by its folder's name.
        let parts = (graph ?? location.prefix).split(separator: "/")
        let name =
            (graph == nil ? parts : parts.dropLast()).last.map(String.init) ?? location.prefix
        let drawing = drawing()
        try NetworkPage(
            title: name,
            facts: facts,
            drawing: drawing,
            body: "<section id=\"tables\">\n\(sizes)\(histograms(drawing))</section>\n"
        ).write(to: path, replacing: isReplacing)
    }

    private var facts: [(name: String, value: String)] {
        var facts = [
            ("file", location.prefix.printable), ("format", format),
            ("tensors", grouped(summary.total.tensors)),
            ("values", grouped(summary.total.elements)),
            ("bytes", byteText(Int(summary.total.bytes))),
        ]
        if let step = summary.step { facts.append(("step", grouped(Int(step)))) }
        guard let model = summary.model, !model.isAnotherNetwork else { return facts }
        facts.append(
            ("flags", model.flags.map { "--\($0.name)=\($0.value)" }.joined(separator: " "))
        )
        if !model.recorded.isEmpty {
            facts.append(
                ("recorded beside it", model.recorded.map(\.flag).joined(separator: " "))
            )
        }
        if !model.undetermined.isEmpty {
            facts.append(
                ("cannot be told from a checkpoint", model.undetermined.joined(separator: ", "))
            )
        }
        return facts
    }

    /// The engine's network where the checkpoint is one of the family, the graph where there is one, else the names.
    private func drawing() -> NetworkDrawing {
        let beside = try? NetworkDrawing(graphOf: GraphSource(graph ?? location.prefix))
        if let model = summary.model, model.differences.isEmpty,
            let network = try? FamilyNetwork(model.configuration, imageSize: Self.imageSize),
            var drawing = try? NetworkDrawing(
                network,
                imageSize: Self.imageSize,
                variables: summary.tensors,
                of: source
            )
        {
            if let beside { drawing.add(beside, named: "its file") }
            return drawing
        }
        var drawing = NetworkDrawing(variables: summary.tensors, of: source)
        if let beside { drawing.put(beside) }
        return drawing
    }

    private var sizes: String {
        var groups: [(name: String, bytes: Int64)] = []
        var places: [Name: Int] = [:]
        for tensor in summary.tensors {
            let parts = tensor.entry.name.split(separator: "/")
            let name = parts.prefix(parts.count > 3 ? 3 : max(1, parts.count - 1))
                .joined(separator: "/")
            if let place = places[Name(name)] {
                groups[place].bytes += tensor.byteCount
            } else {
                places[Name(name)] = groups.count
                groups.append((name, tensor.byteCount))
            }
        }
        let most = max(1, groups.map(\.bytes).max() ?? 1)
        var text = "<h2>Sizes by layer</h2>\n<table>\n"
        for group in groups.sorted(by: { $0.bytes > $1.bytes }).prefix(200) {
            let width = Int(Double(group.bytes) / Double(most) * 400)
            text += "<tr><td>\(HTMLText.escaped(group.name))</td>"
            text += "<td class=\"n\">\(byteText(Int(group.bytes)))</td>"
            text += "<td><div class=\"bar\" style=\"width:\(width)px\"></div></td></tr>\n"
        }
        return text + "</table>\n"
    }

    private func histograms(_ drawing: NetworkDrawing) -> String {
        var text = "<h2>Tensors</h2>\n<table><tr><th>name</th><th>type</th><th>shape</th>"
        text += "<th>least</th><th>largest</th><th>mean</th><th>deviation</th><th></th></tr>\n"
        for tensor in summary.tensors.prefix(Self.tensorLimit) {
            let entry = tensor.entry
            text += "<tr><td>\(HTMLText.escaped(entry.name.printable))</td>"
            text += "<td>\(entry.dataType.name)</td><td>\(entry.shape)</td>"
            text += "\(cells(drawing.tensor(named: entry.name)))</tr>\n"
        }
        text += "</table>\n"
        let rest = summary.tensors.count - Self.tensorLimit
        return rest > 0 ? text + "<p>and \(grouped(rest)) others</p>\n" : text
    }

    private func cells(_ tensor: DrawnTensor?) -> String {
        guard let tensor, let found = tensor.statistics else {
            let reason = HTMLText.escaped(tensor?.remark ?? "")
            return "<td class=\"warn\" colspan=\"5\">\(reason)</td>"
        }
        let numbers = [found.minimum, found.maximum, found.mean, found.deviation]
        let most = max(1, found.histogram.max() ?? 1)
        let bars = found.histogram.enumerated().map { place, count in
            let height = (count * 18 + most - 1) / most
            return
                "<rect x=\"\(place * 5)\" y=\"\(18 - height)\" width=\"4\" height=\"\(height)\"/>"
        }
        return numbers.map { "<td class=\"n\">\(Float($0))</td>" }.joined()
            + "<td><svg width=\"120\" height=\"18\" class=\"s3\">\(bars.joined())</svg>"
            + "<span class=\"warn\">\(HTMLText.escaped(tensor.remark))</span></td>"
    }
}
