internal import Formats
public import Checkpoint
public import Networks
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

    /// Plans a conversion of all that a file holds.
    ///
    /// - Throws: ``ConversionError``, all tensors concerned at once; arrays that are wanted and cannot be read among them.
    public init(_ file: WeightFile, _ request: ConversionRequest) throws(ConversionError) {
        try self.init(file.tensors.tensors, request, VariableRoles(file.tensors), file.unread)
    }

    /// Plans a conversion of tensors whose names say what they are for.
    ///
    /// - Throws: ``ConversionError``, all tensors concerned at once.
    public init(_ tensors: [TensorEntry], _ request: ConversionRequest) throws(ConversionError) {
        try self.init(tensors, request, VariableRoles(tensors), [])
    }

    private init(
        _ tensors: [TensorEntry],
        _ request: ConversionRequest,
        _ roles: VariableRoles,
        _ unread: [UnreadArray]
    ) throws(ConversionError) {
        let only = try Self.patterns(request.only)
        let exclude = try Self.patterns(request.exclude)
        var rules: [NameRule] = []
        for rule in request.renames { rules.append(try NameRule(rule)) }
        let names = Set(tensors.map { Name($0.name) })
        let averageEnding = "/" + VariableNames.movingAverage
        let isAverage = request.set == .movingAverages
        guard !isAverage || names.contains(where: { $0.text.hasSuffix(averageEnding) }) else {
            throw .noMovingAverages
        }

        func isChosen(_ name: String) -> Bool {
            (only.isEmpty || only.contains { $0.matches(in: name) })
                && !exclude.contains { $0.matches(in: name) }
        }
        let unreadable = unread.filter { isChosen($0.name) }
        guard unreadable.isEmpty else {
            throw .unreadable(unreadable.map { "'\($0.name)' \($0.reason)" })
        }

        var items: [Item] = []
        var leftOut: [String] = []
        var uncastable: [String] = []
        for tensor in tensors {
            let name = tensor.name
            var target = name
            let role = roles.role(of: tensor)
            let isPromoted = isAverage && role == .average
            let isReplaced = isAverage && names.contains(Name(name + averageEnding))
            let isState = role == .slot || role == .average || role == .other
            guard !isReplaced, isPromoted || !isState || request.keepsTrainingState,
                isChosen(name)
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
        guard !items.isEmpty || request.mayBeEmpty else { throw .nothingLeft }
        let groups = Dictionary(grouping: items) { Name($0.name) }.filter { $0.value.count > 1 }
        if let same = groups.min(by: { $0.key < $1.key }) {
            throw .sameName(name: same.key.text, sources: same.value.map(\.source.name))
        }
        self.items = items
        self.leftOut = leftOut + unread.map(\.name)
    }

    private init(items: [Item], leftOut: [String]) {
        self.items = items
        self.leftOut = leftOut
    }

    /// The plan for these tensors of the source alone; the others are left out.
    func keeping(_ keys: Set<[UInt8]>) -> ConversionPlan {
        ConversionPlan(
            items: items.filter { keys.contains($0.source.key) },
            leftOut: (leftOut
                + items.filter { !keys.contains($0.source.key) }.map(\.source.name))
                .sorted { Name($0) < Name($1) }
        )
    }

    private static func patterns(
        _ texts: [String]
    ) throws(ConversionError) -> [NamePattern] {
        var patterns: [NamePattern] = []
        for text in texts {
            guard let pattern = NamePattern(text) else { throw .malformedPattern(text) }
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
            if !item.source.key.elementsEqual(item.source.name.utf8) {
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
