internal import Checkpoint
package import Formats
internal import Foundation
package import Proto

/// A graph of a file that is to be a network, and where its variables are.
///
/// Frozen graphs, SavedModels of TensorFlow 1 and 2, TF-Hub modules, `.meta` files with a checkpoint beside them, and ONNX models.
public struct GraphSource: Sendable {
    /// The file with the graph.
    public let path: String
    /// What it is, such as `SavedModel`.
    public let kind: String
    /// What was understood other than to the letter, a sentence each.
    public let notes: [String]
    /// What the file itself carries of the network; nil where it carries nothing.
    let metadata: [String: String]?
    /// The tensor that is the pictures as the network takes them, where the file says which.
    let preparedPictures: String?
    /// Files beside ``path`` that constants lie in.
    let otherPaths: [String]
    /// The graph.
    package let meta: MetaGraph
    let file: GraphFile
    private let checkpoint: Checkpoint

    /// Where the variables are.
    private enum Checkpoint: Sendable {
        case stated(String)
        case found(CheckpointLocation)
        case beside(String)
        case none(String)
    }

    /// Opens what a path means.
    ///
    /// - Throws: `CheckpointError`, `FormatError`, ``NetworkError``.
    public init(_ path: String, _ options: ImportOptions = ImportOptions()) throws {
        try self.init(LocatedFile(path), options)
    }

    /// Opens what was found where a path leads.
    ///
    /// - Throws: `CheckpointError`, `FormatError`, ``NetworkError``.
    package init(_ located: LocatedFile, _ options: ImportOptions = ImportOptions()) throws {
        let paths = located.paths
        var notes = located.note.map { [$0] } ?? []
        let graph: String
        let place: Checkpoint
        var isModule = false
        var model: ONNXFile?
        switch located.kind {
        case .onnx:
            graph = paths[0]
            place = .none("an ONNX model has its weights in it")
            model = try ONNXFile(path: graph)
        case .graph:
            graph = paths[0]
            place = .beside(graph)
        case .metaGraph:
            graph = paths[0]
            place = .beside(graph)
        case .savedModel(let model, let variables):
            graph = model
            let folder = Self.folder(model)
            isModule = FileManager.default.fileExists(atPath: "\(folder)/tfhub_module.pb")
            let location = variables ?? (try? CheckpointLocation("\(folder)/variables/variables"))
            place =
                location.map { .found($0) }
                ?? .none("the folder variables is not there, or has no checkpoint in it")
        case .checkpoint(let location):
            graph = location.prefix + ".meta"
            guard FileManager.default.fileExists(atPath: graph) else {
                throw FormatError.missing(path: graph)
            }
            place = .found(location)
            notes += location.notes
        default:
            throw FormatError.unknownFile(path: paths[0], reason: "there is no graph in it")
        }
        if let model {
            let recorded = model.metadata["image_size"].flatMap { Int($0) }
            let side = options.imageSize ?? recorded ?? options.usualImageSize
            do throws(ImportProblem) { file = try ONNXImporter.graph(of: model, side: side) } catch
            {
                throw NetworkError.imported(error)
            }
        } else {
            file = try GraphFile(path: graph)
        }
        metadata = model?.metadata
        preparedPictures = model?.metadata[ImportedGraph.preparedPictures]
        otherPaths = model?.otherPaths ?? []
        self.path = graph
        checkpoint = options.checkpoint.map { .stated($0) } ?? place
        meta = try Self.chosen(file.metaGraphs, options.tags, &notes)
        kind =
            switch file.form {
            case .graph: model.map { Self.kind(of: $0) } ?? "graph"
            case .metaGraph: "graph of a checkpoint"
            case .savedModel: isModule ? "TF-Hub module" : "SavedModel"
            }
        self.notes = notes
    }

    private static func kind(of model: ONNXFile) -> String {
        model.producer.lowercased().hasPrefix("pytorch") ? "ONNX model of PyTorch" : "ONNX model"
    }

    static func folder(_ path: String) -> String {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count < 2 ? "." : parts.dropLast().joined(separator: "/")
    }

    /// The graph of some tags, or the one that serves.
    private static func chosen(
        _ graphs: [MetaGraph],
        _ tags: [String]?,
        _ notes: inout [String]
    ) throws -> MetaGraph {
        let known = graphs.map(\.tags)
        if let tags {
            let asked = Set(tags.filter { !$0.isEmpty }.map { Name($0) })
            let fitting = graphs.filter { Set($0.tags.map { Name($0) }) == asked }
            guard let graph = fitting.first else {
                throw NetworkError.imported(.unknownTags(asked: tags, known: known))
            }
            return graph
        }
        if graphs.count == 1 { return graphs[0] }
        let serving = graphs.filter { Set($0.tags.map { Name($0) }) == ["serve"] }
        let plain = graphs.filter { $0.tags.isEmpty }
        let untrained = graphs.filter { !$0.tags.contains { Name($0) == "train" } }
        for group in [serving, plain, untrained] where group.count == 1 {
            let text = group[0].tags.isEmpty ? "without tags" : group[0].tags.joined(separator: ",")
            notes.append("of \(graphs.count) graphs took the one \(text)")
            return group[0]
        }
        throw NetworkError.imported(.severalGraphs(known))
    }

    // MARK: Variables

    /// Finds the checkpoint of the graph's variables.
    ///
    /// - Parameter variables: How many there are, for the error.
    /// - Returns: The checkpoint, and how it was found if that is not plain.
    /// - Throws: `CheckpointError`, ``NetworkError``.
    func checkpointLocation(
        variables: Int
    ) throws -> (location: CheckpointLocation, note: String?) {
        switch checkpoint {
        case .stated(let path): return (try CheckpointLocation(path), nil)
        case .found(let location): return (location, nil)
        case .none(let reason):
            throw NetworkError.imported(.noCheckpoint(variables: variables, reason: reason))
        case .beside(let path):
            if path.ends(with: ".meta") {
                let prefix = String(path.dropLast(".meta".count))
                // The prefix may end in a slash; its files then begin with a point.
                for candidate in [prefix + ".index", prefix]
                where FileManager.default.fileExists(atPath: candidate)
                    && !candidate.hasSuffix("/")
                {
                    return (try CheckpointLocation(candidate), nil)
                }
                if !prefix.hasSuffix("/"), let location = try? CheckpointLocation(prefix) {
                    return (location, nil)
                }
            }
            do throws(CheckpointError) {
                let location = try CheckpointLocation(Self.folder(path))
                return (location, "took the variables of \(location.prefix)")
            } catch {
                throw NetworkError.imported(
                    .noCheckpoint(variables: variables, reason: error.description)
                )
            }
        }
    }
}
