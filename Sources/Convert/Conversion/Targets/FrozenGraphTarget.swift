internal import Checkpoint
internal import Formats
internal import Networks
internal import Proto

/// A GraphDef with its weights in it; one of the family takes prepared pictures.
struct FrozenGraphTarget: ConversionTarget {
    static let traits: ConversionTraits = [.network, .types]
    static let ending: String? = ".pb"
    let job: ConversionJob
    private let content: Content

    private enum Content {
        case family(ConversionNetwork)
        case imported(InferenceGraph, ImportedNodes)
    }

    init(_ job: ConversionJob) throws(ConversionError) {
        self.job = job
        if let graph = job.graph {
            let decoding = job.settings.decoding
            let nodes = try ImportedNodes(graph, job.plan, .constants, decoding: decoding)
            content = .imported(graph, nodes)
        } else {
            content = .family(try job.requiredNetwork())
        }
    }

    var graphs: [GraphProof.Place] { [.frozen(job.path)] }

    func sizes() throws(ConversionError) -> [(path: String, byteCount: Int)] {
        switch content {
        case .family(let network):
            [(job.path, try FrozenGraphWriter.byteCount(network.plan, .prepared, path: job.path))]
        case .imported(_, let nodes):
            [(job.path, try FrozenGraphWriter.byteCount(nodes.builder, path: job.path))]
        }
    }

    func write() throws(ConversionError) {
        switch content {
        case .family(let network):
            try FrozenGraphWriter.write(
                network.plan,
                from: job.source,
                .prepared,
                to: job.path,
                replacing: job.isReplacing
            )
        case .imported(_, let nodes):
            try FrozenGraphWriter.write(
                nodes.builder,
                from: job.source,
                to: job.path,
                replacing: job.isReplacing
            )
        }
    }

    var importedPlaces: ImportedPlaces? {
        guard case .imported(_, let nodes) = content else { return nil }
        return nodes.places
    }

    func proveImported() throws(ConversionError) -> [OutputComparison] {
        guard case .imported(let graph, let nodes) = content else { return [] }
        return try ImportedAnswers.compared(
            with: WrittenGraph(frozen: job.path),
            of: nodes,
            graph,
            job.plan,
            from: job.source,
            at: job.path
        )
    }

    static func reopen(
        _ path: String,
        files: [String],
        names: Set<Name>
    ) throws(ConversionError) -> [any TensorSource] {
        try reading { () throws(FormatError) in
            [try FrozenGraphReader(path: path, names: names)]
        }
    }
}
