internal import Checkpoint
internal import Foundation
internal import Proto

/// A V2 checkpoint, with the graph and what is known of the network in files beside it.
struct CheckpointTarget: ConversionTarget {
    static let traits: ConversionTraits = [.facts, .shards, .graphBeside, .types]
    let job: ConversionJob
    /// The files that tell of the network what a checkpoint cannot.
    private let beside: [String]

    init(_ job: ConversionJob) throws(ConversionError) {
        self.job = job
        beside = try job.record?.paths(in: job.folder) ?? []
    }

    private var meta: String { MetaGraphWriter.path(prefix: job.path) }

    var files: [String] {
        CheckpointWriter.paths(prefix: job.path, shardCount: job.settings.shardCount)
            + (job.settings.writesMeta ? [meta] : [])
    }

    var results: [String] { files + beside }

    func write() throws(ConversionError) {
        let writesMeta = job.settings.writesMeta
        if writesMeta {
            // First, so that a checkpoint that is there has its graph.
            try MetaGraphWriter.write(
                job.plan,
                job.network?.plan,
                graph: job.hasWholeGraph ? job.graph : nil,
                to: meta,
                replacing: job.isReplacing
            )
        }
        let added = beside.filter { !FileManager.default.fileExists(atPath: $0) }
        do throws(ConversionError) {
            try job.record?.write(into: job.folder, replacing: job.isReplacing)
            try CheckpointWriter.write(
                job.plan,
                from: job.source,
                prefix: job.path,
                shardCount: job.settings.shardCount
            )
        } catch {
            // Without the checkpoint what stands beside it is of no use, unless it took the place of another.
            for path in added { try? FileManager.default.removeItem(atPath: path) }
            if writesMeta, !job.isReplacing { try? FileManager.default.removeItem(atPath: meta) }
            throw error
        }
    }

    static func reopen(
        _ path: String,
        files: [String],
        names: Set<Name>
    ) throws(ConversionError) -> [any TensorSource] {
        try wrapping { () throws(CheckpointError) in [try BundleReader(prefix: path)] }
    }
}
