import Data
import Networks
import Pictures
import Reference
import ToolSupport

/// A teacher that comes as a graph, such as a module of TF-Hub: prepared pictures go in, logits come out.
struct ImportedTeacher: LogitSource {
    let classes: Int
    let batch: Int
    private let graph: ImportedGraph
    private let path: String
    private let preparer: PicturePreparer

    /// Opens a graph.
    ///
    /// - Throws: ``ToolError``.
    init(
        _ path: String,
        _ preprocessing: Preprocessing,
        _ options: ParsedOptions,
        _ diagnostics: Diagnostics
    ) throws {
        self.path = path
        let request = try GraphOptions.request(options)
        graph = try ToolError.about(graphIn: path) { try ImportedGraph(path, request) }
        for note in graph.notes { diagnostics.note(note) }
        for warning in graph.warnings { diagnostics.warning(warning) }
        let side = preprocessing.imageSize
        // Open extents, and a number of them that is not known, fit.
        if let shape = graph.pictures.shape {
            let fits =
                shape.count == 4
                && zip(shape.dropFirst(), [side, side, 3]).allSatisfy { ($0 ?? $1) == $1 }
            guard fits else {
                let text = shape.map { $0.map { "\($0)" } ?? "?" }.joined(separator: ", ")
                throw ToolError(
                    .mismatch,
                    file: path,
                    "takes pictures [\(text)], but \(preprocessing.name) makes them \(side)x\(side); "
                        + "--net-name or --preprocessing-type says which are meant"
                )
            }
        }
        batch = graph.batch ?? options[DistillOptions.batchSize]
        preparer = PicturePreparer(preprocessing, layout: .nhwc)
        if let known = graph.logitsShape?.last, let count = known {
            classes = count
        } else {
            let pictures = try ReferenceTensor(
                [batch, side, side, 3],
                [Float](repeating: 0, count: batch * side * side * 3)
            )
            let result = try ToolError.about(graphIn: path) { [graph] in
                try graph.logits(pictures)
            }
            classes = result.values.count / batch
        }
    }

    /// The logits of pictures, `[picture, class]`; a batch that the graph wants full is filled up with nothing.
    func logits(of records: [SourceRecord]) throws -> [Float] {
        let count = graph.batch ?? records.count
        var images = [Float](repeating: 0, count: count * preparer.pictureCount)
        let failures = unsafe images.withUnsafeMutableBufferPointer {
            unsafe preparer.prepare(records.map(\.picture), into: $0)
        }
        if let index = failures.firstIndex(where: { $0 != nil }) {
            throw CorruptPicture(
                origin: records[index].origin,
                reason: failures[index]?.description ?? ""
            )
        }
        let side = preparer.preprocessing.imageSize
        let pictures = try ReferenceTensor([count, side, side, 3], images)
        let result = try ToolError.about(graphIn: path) { try graph.logits(pictures) }
        guard result.values.count == count * classes else {
            throw ToolError(
                .mismatch,
                file: path,
                "\(graph.logits) has the shape \(result.shape) for \(count) pictures"
            )
        }
        return Array(result.values.prefix(records.count * classes))
    }
}
