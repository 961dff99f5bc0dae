public import Checkpoint
internal import Networks
public import Proto

/// What a conversion is going to write, decided before anything is written.
public struct ConversionPlan: Sendable {
    /// A tensor and what becomes of it.
    public struct Item: Sendable {
        /// The tensor as it is stored.
        public let source: TensorEntry
        /// Its name in the result.
        public let name: String
        /// The type of its elements in the result.
        public let dataType: DataType
        /// Whether it is a kernel whose outputs come first in the result, see ``KernelLayout``.
        public let hasOutputsFirst: Bool

        /// Its extents in the result.
        public var shape: [Int] {
            hasOutputsFirst ? KernelLayout.outputsFirst(source.shape) : source.shape
        }
        /// Bytes in the result; 0 for strings, whose size is not known before.
        public var byteCount: Int { source.elementCount * (dataType.byteCount ?? 0) }
        /// Whether the elements are rounded or widened.
        public var isCast: Bool { dataType != source.dataType }
        /// Whether the name changes.
        public var isRenamed: Bool { name != source.name }
    }

    /// The tensors, in the order of their names in the source.
    public let items: [Item]
    /// The names of the tensors that are left out.
    public let leftOut: [String]

    /// Plans a conversion.
    ///
    /// - Throws: ``ConversionError``, all tensors concerned at once.
    public init(_ tensors: [TensorEntry], _ request: ConversionRequest) throws(ConversionError) {
        let only = try Self.patterns(request.only)
        let exclude = try Self.patterns(request.exclude)
        var rules: [NameRule] = []
        for rule in request.renames { rules.append(try NameRule(rule)) }
        let names = Set(tensors.map(\.name))
        let averageEnding = "/" + VariableNames.movingAverage
        let isAverage = request.set == .movingAverages
        guard !isAverage || names.contains(where: { $0.hasSuffix(averageEnding) }) else {
            throw .noMovingAverages
        }

        var items: [Item] = []
        var leftOut: [String] = []
        var uncastable: [String] = []
        for tensor in tensors {
            let name = tensor.name
            var target = name
            let role = VariableRole(
                name,
                isNumber: [.float16, .bfloat16, .float32, .float64].contains(tensor.dataType)
            ) { names.contains($0) }
            let isPromoted = isAverage && role == .average
            let isReplaced = isAverage && names.contains(name + averageEnding)
            let isState = role == .slot || role == .average || role == .other
            guard !isReplaced, isPromoted || !isState || request.keepsTrainingState,
                only.isEmpty || only.contains(where: { name.contains($0) }),
                !exclude.contains(where: { name.contains($0) })
            else {
                leftOut.append(name)
                continue
            }
            if isPromoted { target.removeLast(averageEnding.count) }
            var hasOutputsFirst = false
            if let name = request.parameterNames[target] {
                target = name
                hasOutputsFirst = tensor.shape.count == 2 || tensor.shape.count == 4
            }
            for rule in rules { target = rule.apply(target) }
            var type = tensor.dataType
            if let wanted = request.weightType, role == .weight || isPromoted, type != wanted {
                if !TensorCast.types.contains(type) { uncastable.append("\(name): \(type.name)") }
                type = wanted
            }
            items.append(
                Item(
                    source: tensor,
                    name: target,
                    dataType: type,
                    hasOutputsFirst: hasOutputsFirst
                )
            )
        }
        if let wanted = request.weightType, !uncastable.isEmpty {
            throw .uncastable(to: wanted.name, tensors: uncastable)
        }
        guard !items.isEmpty else { throw .nothingLeft }
        let groups = Dictionary(grouping: items, by: \.name).filter { $0.value.count > 1 }
        if let same = groups.min(by: { $0.key < $1.key }) {
            throw .sameName(name: same.key, sources: same.value.map(\.source.name))
        }
        self.items = items
        self.leftOut = leftOut
    }

    private init(items: [Item], leftOut: [String]) {
        self.items = items
        self.leftOut = leftOut
    }

    /// The plan for these tensors of the source alone; the others are left out.
    func keeping(_ names: Set<String>) -> ConversionPlan {
        ConversionPlan(
            items: items.filter { names.contains($0.source.name) },
            leftOut: (leftOut
                + items.map(\.source.name).filter { !names.contains($0) }).sorted()
        )
    }

    private static func patterns(
        _ texts: [String]
    ) throws(ConversionError) -> [Regex<AnyRegexOutput>] {
        var patterns: [Regex<AnyRegexOutput>] = []
        for text in texts {
            guard let pattern = try? Regex(text) else { throw .malformedPattern(text) }
            patterns.append(pattern)
        }
        return patterns
    }

    /// Throws if a format has no place for some of the tensors.
    ///
    /// Names that are no UTF-8, or hold control characters, fit nowhere: they cannot be told from their escaped form.
    func check(
        _ format: String,
        _ reason: (Item) -> String?
    ) throws(ConversionError) {
        var found: [String] = []
        for item in items {
            if String(validating: item.source.key, as: UTF8.self) != item.source.name {
                found.append("\(item.source.name): the name is no plain text")
            } else if item.name.isEmpty || item.name.utf8.first == 0 {
                found.append("\(item.source.name): the new name '\(item.name)' is no name")
            } else if let reason = reason(item) {
                found.append("\(item.source.name): \(reason)")
            }
        }
        guard found.isEmpty else { throw .unsupported(format: format, tensors: found) }
    }
}

extension TensorSource {
    /// The bytes that an item of a plan has in the result.
    ///
    /// - Throws: ``ConversionError/checkpoint(_:)``.
    func bytes(for item: ConversionPlan.Item) throws(ConversionError) -> StoredBytes {
        let stored = try wrapping { () throws(CheckpointError) in
            try bytes(of: item.source, verifies: true)
        }
        let arranged = TensorCast.cast(stored, item.source.dataType, to: item.dataType).arranged(
            for: item,
            width: item.dataType.byteCount ?? 1
        )
        // What follows is a copy.
        if item.isCast || item.hasOutputsFirst {
            try wrapping { () throws(CheckpointError) in try stored.checkIntact() }
            stored.release()
        }
        return arranged
    }
}

extension StoredBytes {
    /// The elements in the order that an item of a plan has in the result.
    func arranged(for item: ConversionPlan.Item, width: Int) -> StoredBytes {
        guard item.hasOutputsFirst else { return self }
        return unsafe StoredBytes(
            KernelLayout.outputsFirst(buffer, shape: item.source.shape, width: width)
        )
    }
}
