internal import Checkpoint
internal import Foundation
internal import Networks
internal import Proto

/// SavedModels: of the family the published exporter's two, one of which takes encoded pictures and one prepared ones; of an
/// imported network one in the folder itself.
struct SavedModelTarget: ConversionTarget {
    static let traits: ConversionTraits = [.network, .facts, .types]
    let job: ConversionJob
    private let content: Content

    private enum Content {
        case family(ConversionNetwork, [ServingInput])
        case imported(InferenceGraph, ImportedNodes)
    }

    init(_ job: ConversionJob) throws(ConversionError) {
        self.job = job
        if let graph = job.graph {
            let decoding = job.settings.decoding
            let nodes = try ImportedNodes(graph, job.plan, .variables, decoding: decoding)
            content = .imported(graph, nodes)
        } else {
            let network = try job.requiredNetwork()
            content = .family(network, [.encoded(network.preprocessing), .prepared])
        }
    }

    var results: [String] {
        switch content {
        case .family(_, let inputs):
            SavedModelWriter.folders(job.path, timestamp: job.settings.timestamp, inputs)
        case .imported: [job.path]
        }
    }

    var files: [String] {
        results.flatMap { folder in
            let files = SavedModelWriter.files(in: folder)
            return job.plan.items.isEmpty ? [files[0]] : files
        }
    }

    var places: [String] {
        guard case .family(_, let inputs) = content else { return files + results }
        return files + results
            + (job.isReplacing ? [] : SavedModelWriter.parents(job.path, inputs))
    }

    var graphs: [GraphProof.Place] {
        guard case .family(_, let inputs) = content else { return [] }
        return zip(results, inputs).map { .savedModel($0, $1) }
    }

    func sizes() throws(ConversionError) -> [(path: String, byteCount: Int)] {
        var sizes: [(path: String, byteCount: Int)] = []
        for (index, folder) in results.enumerated() {
            let files = SavedModelWriter.files(in: folder)
            let byteCount =
                switch content {
                case .family(let network, let inputs):
                    try SavedModelWriter.graphByteCount(network.plan, inputs[index])
                case .imported(_, let nodes): Self.message(nodes).count
                }
            sizes.append((files[0], byteCount))
            guard !job.plan.items.isEmpty else { continue }
            sizes.append((files[1], job.plan.items.reduce(0) { $0 + $1.byteCount }))
        }
        return sizes
    }

    func write() throws(ConversionError) {
        switch content {
        case .family(let network, let inputs): try write(network, inputs)
        case .imported(_, let nodes):
            try SavedModelWriter.write(
                Self.message(nodes),
                job.plan,
                from: job.source,
                beside: job.record,
                to: job.path,
                replacing: job.isReplacing
            )
        }
    }

    private static func message(_ nodes: ImportedNodes) -> [UInt8] {
        SavedModel.serialized(nodes.metaGraph(serves: true).serialized)
    }

    private func write(
        _ network: ConversionNetwork,
        _ inputs: [ServingInput]
    ) throws(ConversionError) {
        var written: [String] = []
        do throws(ConversionError) {
            for (folder, input) in zip(results, inputs) {
                try SavedModelWriter.write(
                    network.plan,
                    from: job.source,
                    input,
                    beside: job.record,
                    to: folder,
                    replacing: job.isReplacing
                )
                written.append(folder)
            }
        } catch {
            // One model without the other is no export.
            if !job.isReplacing {
                for folder in written { try? FileManager.default.removeItem(atPath: folder) }
            }
            throw error
        }
    }

    var importedPlaces: ImportedPlaces? {
        guard case .imported(_, let nodes) = content else { return nil }
        return nodes.places
    }

    func proveImported() throws(ConversionError) -> [OutputComparison] {
        guard case .imported(let graph, let nodes) = content else { return [] }
        return try ImportedAnswers.compared(
            with: WrittenGraph(savedModel: job.path),
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
        let ending = SavedModelWriter.variables(in: "") + ".index"
        var sources: [any TensorSource] = []
        for file in files where file.hasSuffix(ending) {
            sources.append(
                try wrapping { () throws(CheckpointError) in
                    try BundleReader(prefix: String(file.dropLast(".index".count)))
                }
            )
        }
        return sources
    }
}
