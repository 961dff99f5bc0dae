public import Networks
public import Checkpoint
internal import Foundation
internal import Proto

/// What every tensor of a checkpoint is for: from its name, from the graph of objects in a TensorFlow 2 checkpoint, and from
/// the collections of a TensorFlow 1 graph beside it.
///
/// A graph of objects tells which objects are optimisers: what they hold is state. Where a graph says what is trained, nothing
/// else counts as a weight.
public struct VariableRoles: Sendable {
    private let names: Set<Name>
    /// The paths of objects that are optimisers, with a slash behind.
    private let optimizers: [String]
    /// The tensors that some object holds; nil where there is no graph of objects.
    private let held: Set<Name>?
    /// The variables that are trained; nil where nothing says so.
    private let trained: Set<Name>?

    /// Looks at a checkpoint, and at the `.meta` file beside it.
    public init(_ source: any TensorSource) {
        let objects = try? CheckpointObjects(source)
        let meta = (source as? BundleReader).map { $0.prefix + ".meta" }
        self.init(source.tensors, objects, trained: meta.flatMap(Self.trained))
    }

    /// Goes by names alone.
    init(_ tensors: [TensorEntry]) {
        self.init(tensors, nil, trained: nil)
    }

    private init(_ tensors: [TensorEntry], _ objects: CheckpointObjects?, trained: Set<Name>?) {
        let names = Set(tensors.map { Name($0.name) })
        self.names = names
        optimizers = objects.map { $0.optimizers.map { "\($0)/" } } ?? []
        held = objects.map { names.subtracting($0.unnamed.map { Name($0) }) }
        // A graph of other variables says nothing of these.
        self.trained = trained.flatMap { $0.isDisjoint(with: names) ? nil : $0 }
    }

    /// What one of the tensors is for.
    public func role(of tensor: TensorEntry) -> VariableRole {
        let name = tensor.name
        let isNumber = NumberFormat(tensor.dataType)?.isFloatingPoint == true
        let role = VariableRole(
            name,
            isNumber: isNumber,
            isScalar: tensor.shape.isEmpty
        ) { names.contains(Name($0)) }
        guard role == .weight || role == .statistic else { return role }
        if optimizers.contains(where: { name.begins(with: $0) }) {
            return tensor.shape.isEmpty ? .other : .slot
        }
        guard role == .weight else { return role }
        if let held, !held.contains(Name(name)) { return .other }
        if let trained, !trained.contains(Name(name)) { return .other }
        return role
    }

    /// The longest `.meta` file that is looked at.
    private static let byteLimit = 1 << 30

    /// The variables that a graph's collection of trained ones names; nil where there is none.
    private static func trained(_ path: String) -> Set<Name>? {
        guard FileManager.default.fileExists(atPath: path), let file = try? MappedFile(path: path),
            file.count <= byteLimit
        else { return nil }
        let variables = try? file.withBytes { bytes throws(CheckpointError) in
            try? MetaGraph.trainedVariables(bytes)
        }
        guard let variables, !variables.isEmpty else { return nil }
        return Set(
            variables.map { variable in
                let name = variable.whole?.name ?? variable.name
                return Name(name.hasSuffix(":0") ? String(name.dropLast(2)) : name)
            }
        )
    }
}
