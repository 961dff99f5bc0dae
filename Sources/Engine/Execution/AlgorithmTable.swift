internal import COneDNN
internal import Foundation

/// Which implementation was measured to be the fastest for which layer on this machine.
///
/// Keys hold the layer's geometry, batch, element types and threads; whoever keeps the table on disk keeps one for each
/// processor and library version.
public final class AlgorithmTable {
    /// The name of the fastest implementation by layer.
    public private(set) var entries: [String: String]
    /// Whether layers that are not in the table are measured; else the preferred algorithm is taken.
    public let measures: Bool

    /// A table of earlier measurements.
    public init(entries: [String: String] = [:], measures: Bool) {
        self.entries = entries
        self.measures = measures
    }

    /// What measurements hold for: the processor and the library, in a form that suits a file's name.
    public static let machine: String = {
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let wanted = ["cpu family", "model", "stepping", "model name"]
        var values: [String: String] = [:]
        for line in text.split(separator: "\n").prefix(30) {
            let pair = line.split(separator: ":", maxSplits: 1).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            if pair.count == 2, wanted.contains(pair[0]) { values[pair[0]] = pair[1] }
        }
        let parts = wanted.map { values[$0] ?? "unknown" }
        let version = unsafe dnnl_version().map { unsafe $0.pointee }
        let library = unsafe version.map { unsafe "\($0.major).\($0.minor).\($0.patch)" } ?? "0"
        return (parts + [library]).joined(separator: "-").map { character in
            character.isLetter || character.isNumber || character == "." ? String(character) : "-"
        }.joined()
    }()

    /// The fastest of several ways to compute a layer; the first where that is neither known nor to be measured.
    func fastest(
        for key: String,
        of candidates: [PrimitiveDescriptor],
        on processor: Processor
    ) throws(EngineError) -> PrimitiveDescriptor {
        if let known = candidates.first(where: { $0.implementation == entries[key] }) {
            return known
        }
        guard measures else { return candidates[0] }
        var best = (index: 0, duration: Duration.seconds(Int.max))
        for (index, candidate) in candidates.enumerated() {
            let duration = try wrapped { () throws(OneDNNError) in
                try candidate.measure(on: processor)
            }
            if duration < best.duration { best = (index, duration) }
        }
        entries[key] = candidates[best.index].implementation
        return candidates[best.index]
    }
}
