public import Checkpoint

/// A data file of a checkpoint that is missing, or shorter than its tensors need: one fault, whatever it costs.
public struct DataFileFault: Equatable, Sendable {
    /// The file's number.
    public let shard: Int
    /// A sentence.
    public let reason: String
    /// The names of the tensors that cannot be read for it, as bytes.
    package let lost: [[UInt8]]
    /// What lies in the place of the file, where that is known.
    public let foreign: ForeignFile?

    /// The most files that are looked at beyond those that hold tensors; a checkpoint can state any number.
    private static let emptyLimit = 4096

    /// Looks at every data file, without reading any.
    public static func faults(of bundle: BundleReader) -> [DataFileFault] {
        var parts: [Int: [(owner: [UInt8], end: Int64)]] = [:]
        for place in bundle.storedPlaces {
            parts[place.shard, default: []].append((place.owner, place.end))
        }
        var faults: [DataFileFault] = []
        for shard in 0..<min(bundle.shardCount, max(parts.keys.max() ?? 0, emptyLimit) + 1) {
            let path = bundle.shardPath(shard)
            let owners = parts[shard, default: []]
            var reason: String
            var lost: [[UInt8]]
            var kind: ForeignFile?
            do throws(CheckpointError) {
                let file = try MappedFile(path: path)
                let size = Int64(file.count)
                let needed = owners.map(\.end).max() ?? 0
                guard needed > size else { continue }
                reason = "\(path): the file has \(size) bytes, its tensors need \(needed)"
                // A file of another kind has nothing of any tensor.
                kind = ForeignFile(file)
                if let kind { reason += "; it is \(kind.description)" }
                lost = owners.filter { kind != nil || $0.end > size }.map(\.owner)
            } catch {
                reason = "\(error)"
                lost = owners.map(\.owner)
            }
            lost = Array(Set(lost))
            if !lost.isEmpty {
                reason +=
                    lost.count == 1 ? "; 1 tensor is lost" : "; \(lost.count) tensors are lost"
            }
            faults.append(
                DataFileFault(shard: shard, reason: reason, lost: lost, foreign: kind)
            )
        }
        return faults
    }
}
