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

    /// The side of the pictures that the network is drawn for.
    private static let imageSize = 224
    /// The most tensors that are shown.
    private static let tensorLimit = 5000

    init(
        _ location: CheckpointLocation,
        _ summary: CheckpointSummary,
        _ source: any TensorSource
    ) {
        self.location = location
        self.summary = summary
        self.source = source
    }

    func write(to path: String, replacing isReplacing: Bool) throws {
        let name = location.prefix.split(separator: "/").last.map(String.init) ?? location.prefix
        try Page.write(
            title: name,
            body: head + drawing + sizes + histograms,
            to: path,
            replacing: isReplacing
        )
    }

    private var head: String {
        var text = "<p>\(grouped(summary.total.tensors)) tensors, "
        text += "\(grouped(summary.total.elements)) values, \(byteText(Int(summary.total.bytes)))"
        if let step = summary.step { text += ", step \(grouped(Int(step)))" }
        text += "</p>\n"
        guard let model = summary.model, !model.isAnotherNetwork else { return text }
        let flags = model.flags.map { "--\($0.name)=\($0.value)" }.joined(separator: " ")
        return text + "<p><code>\(HTMLText.escaped(flags))</code></p>\n"
            + recorded(model)
            + (model.undetermined.isEmpty
                ? ""
                : "<p>cannot be told from a checkpoint: "
                    + HTMLText.escaped(model.undetermined.joined(separator: ", ")) + "</p>\n")
    }

    private func recorded(_ model: ModelDescription) -> String {
        guard !model.recorded.isEmpty else { return "" }
        let flags = model.recorded.map(\.flag).joined(separator: " ")
        return "<p>recorded beside it: <code>\(HTMLText.escaped(flags))</code></p>\n"
    }

    private var drawing: String {
        guard let model = summary.model, model.differences.isEmpty,
            let network = try? FamilyNetwork(model.configuration, imageSize: Self.imageSize),
            let drawing = try? GraphDrawing(network)
        else { return "" }
        return "<h2>Network</h2><p>Shapes are channels×height×width for pictures of "
            + "\(Self.imageSize) pixels.</p>\n<div class=\"graph\">\(drawing.svg)</div>\n"
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

    private var histograms: String {
        var text = "<h2>Tensors</h2>\n<table><tr><th>name</th><th>type</th><th>shape</th>"
        text += "<th>least</th><th>largest</th><th>mean</th><th>deviation</th><th></th></tr>\n"
        for tensor in summary.tensors.prefix(Self.tensorLimit) {
            let entry = tensor.entry
            text += "<tr><td>\(HTMLText.escaped(entry.name))</td><td>\(entry.dataType.name)</td>"
            text += "<td>\(entry.shape)</td>\(cells(tensor))</tr>\n"
        }
        return text + "</table>\n"
    }

    private func cells(_ tensor: CheckpointSummary.Tensor) -> String {
        guard let format = NumberFormat(tensor.entry.dataType) else { return "" }
        let found: TensorStatistics
        do throws(CheckpointError) {
            let bytes = try source.bytes(of: tensor.entry, verifies: true)
            found = unsafe TensorStatistics(
                bytes.buffer.bytes,
                count: tensor.entry.elementCount,
                format
            )
        } catch {
            return "<td class=\"warn\" colspan=\"5\">\(HTMLText.escaped("\(error)"))</td>"
        }
        let numbers = [found.minimum, found.maximum, found.mean, found.deviation]
        let most = max(1, found.histogram.max() ?? 1)
        let bars = found.histogram.enumerated().map { place, count in
            let height = (count * 18 + most - 1) / most
            return
                "<rect x=\"\(place * 5)\" y=\"\(18 - height)\" width=\"4\" height=\"\(height)\"/>"
        }
        let suspicions = found.suspicions(tensor.role, name: tensor.entry.name)
        return numbers.map { "<td class=\"n\">\(Float($0))</td>" }.joined()
            + "<td><svg width=\"120\" height=\"18\" fill=\"#4a7ebb\">\(bars.joined())</svg>"
            + "<span class=\"warn\">\(suspicions.joined(separator: ", "))</span></td>"
    }
}
