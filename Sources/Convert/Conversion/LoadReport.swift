public import Checkpoint
internal import Networks
internal import Proto

/// How the tensors of a source stand to the network that they are identified as: nothing is skipped silently.
public struct LoadReport: Equatable, Sendable {
    /// The network's variables that are written.
    public let applied: [String]
    /// Those of them that get another name.
    public let renamed: [String]
    /// Tensors of the source that are no variables of the network, such as slots and counters.
    public let unused: [String]
    /// The network's variables that are not written: not there, of another shape, or left out.
    public let missing: [String]

    /// Compares a plan with the network that the source's tensors amount to; nil if they are those of no known network.
    public init?(_ plan: ConversionPlan, of source: any TensorSource) {
        let inventory = CheckpointInventory(source)
        guard let identified = try? IdentifiedModel(inventory) else { return nil }
        let differences = identified.differences
        let known = Set(inventory.model.keys)
            .subtracting(differences.unexpected.map { Name($0) })
            .subtracting(differences.misshapen.map { Name($0.name) })
        let ending = "/" + VariableNames.movingAverage
        var applied: [String] = []
        var renamed: [String] = []
        var unused = Set(source.tensors.map { Name($0.name) }).subtracting(known)
        for item in plan.items {
            var name = item.source.name
            if name.hasSuffix(ending), known.contains(Name(String(name.dropLast(ending.count)))),
                !item.name.hasSuffix(ending)
            {
                unused.remove(Name(name))
                name.removeLast(ending.count)
            }
            guard known.contains(Name(name)) else { continue }
            applied.append(name)
            if item.name != name { renamed.append(name) }
        }
        self.applied = applied.sorted()
        self.renamed = renamed.sorted()
        self.unused = unused.sorted().map(\.text)
        missing =
            (differences.missing.map(\.name) + differences.misshapen.map(\.name)
            + known.subtracting(applied.map { Name($0) }).map(\.text)).sorted()
    }
}
