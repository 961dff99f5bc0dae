import Checkpoint
import Convert
import Data
import Formats
import Networks
import Pictures
import ToolSupport

/// An imported network that is converted: the graph, and what is known of it.
struct ImportedInput {
    let graph: InferenceGraph
    let facts: [NetworkFact]
    let recorded: RecordedFlags?
    let classNames: ClassNames?
    /// How encoded pictures become the network's, where they are to go in.
    let decoding: Preprocessing?
    /// How its pictures are prepared.
    let preparation: Preprocessing
    /// How many classes there are, where the shape of what comes out tells.
    var classes: Int? {
        guard graph.outputs.count == 1, let shape = graph.outputs[0].shape, shape.count == 2 else {
            return nil
        }
        return shape[1]
    }

    /// Imports what a path means, if it is taken for a graph.
    ///
    /// A checkpoint's tensors are converted as they are where the format holds no network; so are the variables of a SavedModel
    /// whose graph cannot be imported.
    ///
    /// - Parameters:
    ///   - path: What the user named.
    ///   - located: What is there.
    ///   - needsNetwork: Whether the format holds a network.
    ///   - decodes: Whether encoded pictures are to go in.
    ///   - options: What is said of the graph.
    ///   - diagnostics: Is told how the graph was understood.
    /// - Returns: The network; nil where the path is to be taken for weights.
    /// - Throws: ``ToolError``, `UsageError`.
    static func found(
        at path: String,
        _ located: LocatedFile,
        needsNetwork: Bool,
        decodes: Bool,
        _ options: ParsedOptions,
        _ diagnostics: Diagnostics
    ) throws -> ImportedInput? {
        guard Network.isGraph(located) else {
            guard !GraphOptions.isAsked(options) else {
                throw ToolError(
                    .usage,
                    "\(path) is no graph; --tags, --signature, --input-tensor, --output-tensor and --feed are for graphs"
                )
            }
            return nil
        }
        var request = try NetworkRequest(options)
        request.graph.weights = options[ConvertOptions.weights]
        let isAsked = GraphOptions.isAsked(options)
        var hasTensors = false
        switch located.kind {
        case .checkpoint:
            guard needsNetwork || isAsked else { return nil }
        case .savedModel(_, .some): hasTensors = true
        default: break
        }
        guard request.model == ModelRequest() else {
            throw ToolError(
                .usage,
                "\(path) is a graph, which is what it is; flags of models are for checkpoints of the family"
            )
        }
        do {
            return try ToolError.about(graphIn: path) {
                try ImportedInput(path, located, request, decodes: decodes, diagnostics)
            }
        } catch let error as ToolError
            where error.exitCode == .mismatch && hasTensors && !needsNetwork && !isAsked
            && options[ConvertOptions.weights] == .raw
        {
            let reason = error.sentence.split(separator: "\n").first.map(String.init) ?? ""
            diagnostics.note("all tensors are converted, as its graph is not understood: \(reason)")
            return nil
        }
    }

    private init(
        _ path: String,
        _ located: LocatedFile,
        _ request: NetworkRequest,
        decodes: Bool,
        _ diagnostics: Diagnostics
    ) throws {
        if case .onnx = located.kind {
            throw ToolError(
                .usage,
                file: path,
                "an ONNX model is evaluated and looked at, and converted to nothing; convert what it was made of"
            )
        }
        let source = try GraphSource(located, request.graph)
        graph = try InferenceGraph(source, request.graph)
        recorded = try RecordedFlags.found(besides: source.path)
        let convention =
            decodes
            ? try InputConvention(
                request.input,
                recorded: recorded,
                for: ImportedGraph.outline(source, request.graph)
            ) : try InputConvention(request.input, recorded: recorded)
        facts = convention.facts
        let prepared = convention.preprocessing
        let shape = graph.inputs.count == 1 ? graph.inputs[0].shape ?? [] : []
        // The side is the graph's own, if it has one.
        let side = shape.count == 4 ? shape[2] : nil
        preparation =
            side.flatMap {
                try? Preprocessing(
                    name: prepared.name,
                    imageSize: $0,
                    dctMethod: prepared.dctMethod,
                    parts: prepared.parts
                )
            } ?? prepared
        decoding = decodes ? convention.preprocessing : nil
        classNames = try ClassNames.found(besidesCheckpoint: source.path)
        for note in graph.notes { diagnostics.note(note) }
        for warning in graph.warnings { diagnostics.warning(warning) }
        diagnostics.note("model: \(graph.summary)")
        // How pictures are prepared matters where the graph does it.
        diagnostics.tell(
            facts.filter { decodes || $0.origin != .assumed },
            recordedIn: recorded
        )
        for doubt in decodes ? convention.doubts : [] { diagnostics.warning(doubt) }
    }

    /// What is known of the network besides its weights.
    var record: NetworkRecord {
        NetworkRecord(facts, recorded: recorded, classNames: classNames)
    }
}
