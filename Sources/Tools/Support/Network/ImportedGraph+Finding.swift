internal import Checkpoint
internal import Formats
public import Networks

extension ImportedGraph {
    /// Whether a path means a graph, and no weights of the family.
    public static func isMeant(by path: String) -> Bool {
        guard let (kind, _, _) = try? FileKind.located(path) else { return false }
        switch kind {
        case .graph, .metaGraph, .savedModel(_, nil): return true
        case .checkpoint(let location), .savedModel(_, .some(let location)):
            guard let tensors = try? location.open() else { return false }
            let family = try? IdentifiedModel(CheckpointInventory(tensors))
            let isOther = family?.isAnotherNetwork ?? true
            return isOther && (try? GraphSource(path)) != nil
        default: return false
        }
    }
}
