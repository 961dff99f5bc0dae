public import Checkpoint
public import Networks
internal import Proto

/// What a checkpoint holds, without a look at the tensors' bytes.
public struct CheckpointSummary: Sendable {
    /// A tensor and what it is for.
    public struct Tensor: Sendable {
        /// What the checkpoint says of it.
        public let entry: TensorEntry
        /// What it is for.
        public let role: VariableRole
        /// Its bytes in the data files; of a partitioned tensor those of all parts.
        public let byteCount: Int64
    }

    /// Several tensors counted together.
    public struct Total: Equatable, Sendable {
        /// How many tensors.
        public var tensors = 0
        /// How many elements they have.
        public var elements = 0
        /// How many bytes they take.
        public var bytes: Int64 = 0

        /// Nothing counted.
        public init() {}

        /// Counts one more.
        public mutating func add(_ tensor: Tensor) {
            tensors += 1
            // Parts that share bytes can state more than there are.
            elements = elements.addingReportingOverflow(tensor.entry.elementCount).partialValue
            bytes = bytes.addingReportingOverflow(tensor.byteCount).partialValue
        }
    }

    /// The tensors, sorted by name.
    public let tensors: [Tensor]
    /// The tensors of each role.
    public let totals: [VariableRole: Total]
    /// The value of `global_step`, if there is one that can be read.
    public let step: Int64?
    /// The network, if the checkpoint's variables are like those of the family.
    public let model: ModelDescription?

    /// Reads names, shapes and the step.
    ///
    /// - Throws: ``NetworkError/recordedFlag(path:name:value:expected:)``.
    public init(
        _ source: any TensorSource,
        recorded: RecordedFlags? = nil
    ) throws(NetworkError) {
        let roles = VariableRoles(source)
        let tensors = source.tensors.map { entry in
            let width = entry.dataType.byteCount ?? 0
            return Tensor(
                entry: entry,
                role: roles.role(of: entry),
                byteCount: entry.slices.isEmpty
                    ? entry.byteCount
                    : Int64(entry.elementCount.multipliedReportingOverflow(by: width).partialValue)
            )
        }
        self.tensors = tensors
        var totals: [VariableRole: Total] = [:]
        for tensor in tensors { totals[tensor.role, default: Total()].add(tensor) }
        self.totals = totals
        step = source.tensor(named: VariableNames.globalStep).flatMap { Self.step($0, source) }
        let scope = VariableNames.scope + "/"
        if tensors.contains(where: { $0.entry.name.hasPrefix(scope) }),
            let identified = try? IdentifiedModel(
                CheckpointInventory(tensors.map { (name: $0.entry.name, shape: $0.entry.shape) })
            )
        {
            model = try ModelDescription(identified, recorded: recorded)
        } else {
            model = nil
        }
    }

    private static func step(_ entry: TensorEntry, _ source: any TensorSource) -> Int64? {
        guard entry.elementCount == 1, let format = NumberFormat(entry.dataType),
            !format.isFloatingPoint,
            let bytes = try? source.bytes(of: entry, verifies: true)
        else { return nil }
        return unsafe Int64(exactly: format.integer(bytes.buffer.bytes, at: 0))
    }

    /// All tensors counted together.
    public var total: Total {
        var total = Total()
        for tensor in tensors { total.add(tensor) }
        return total
    }
}
