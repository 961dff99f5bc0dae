internal import Checkpoint
internal import Foundation
internal import Proto

/// The published exporter's two SavedModels: one takes encoded pictures, one prepared ones.
struct SavedModelTarget: ConversionTarget {
    static let traits: ConversionTraits = [.network, .facts, .types]
    let job: ConversionJob
    private let network: ConversionNetwork
    private let inputs: [ServingInput]

    init(_ job: ConversionJob) throws(ConversionError) {
        self.job = job
        network = try job.requiredNetwork()
        inputs = [.encoded(network.preprocessing), .prepared]
    }

    var results: [String] {
        SavedModelWriter.folders(job.path, timestamp: job.settings.timestamp, inputs)
    }

    var files: [String] { results.flatMap { SavedModelWriter.files(in: $0) } }

    var places: [String] {
        files + results + (job.isReplacing ? [] : SavedModelWriter.parents(job.path, inputs))
    }

    var graphs: [GraphProof.Place] {
        zip(results, inputs).map { .savedModel($0, $1) }
    }

    func sizes() throws(ConversionError) -> [(path: String, byteCount: Int)] {
        var sizes: [(path: String, byteCount: Int)] = []
        for (folder, input) in zip(results, inputs) {
            let files = SavedModelWriter.files(in: folder)
            sizes.append((files[0], try SavedModelWriter.graphByteCount(network.plan, input)))
            sizes.append((files[1], job.plan.items.reduce(0) { $0 + $1.byteCount }))
        }
        return sizes
    }

    func write() throws(ConversionError) {
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
