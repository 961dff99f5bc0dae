internal import Checkpoint
internal import Proto

/// The values of a graph's variables, from its checkpoint.
struct VariableValues {
    /// Operations that hold a variable.
    static let holders: Set = ["Variable", "VariableV2", "VarHandleOp", "AutoReloadVariable"]

    let source: any TensorSource
    let set: WeightSet
    let keys: ObjectKeys
    /// What parts of variables are parts of, by the name of the part.
    let parts: [Name: VariableDef.Whole]
    /// The variables that are trained; nil where the graph does not say.
    let trained: Set<Name>?
    /// What was understood other than to the letter.
    private(set) var notes: [String] = []

    init(
        _ meta: MetaGraph,
        _ graph: FlatGraph,
        _ source: any TensorSource,
        _ set: WeightSet
    ) {
        self.source = source
        self.set = set
        keys = ObjectKeys(meta.objects, of: graph, in: source)
        var parts: [Name: VariableDef.Whole] = [:]
        var trained: Set<Name> = []
        for variable in (try? meta.variables()) ?? [] {
            let name = FlatGraph.parts(variable.name).name
            if let whole = variable.whole { parts[Name(name)] = whole }
            if variable.isTrainable { trained.insert(Name(name)) }
        }
        if case .messages(let messages)? = meta.collections["trainable_variables"] {
            for message in messages {
                guard let variable = try? VariableDef(unsafe message.span.bytes) else { continue }
                trained.insert(Name(FlatGraph.parts(variable.name).name))
            }
        }
        self.parts = parts
        self.trained = trained.isEmpty ? nil : trained
    }

    /// Where a variable's value lies: an entry, and the part of it that is meant.
    private struct Place {
        var entry: TensorEntry
        var start: [Int]?
        var shape: [Int]
    }

    /// The values of variables.
    ///
    /// - Throws: ``NetworkError``, `CheckpointError`.
    mutating func values(
        of numbers: [Int],
        in graph: FlatGraph
    ) throws -> [Int: GraphConstant] {
        var places: [Int: Place] = [:]
        var missing: [Int] = []
        for number in numbers {
            if let place = place(of: number, in: graph, renamed: { $0 }) {
                places[number] = place
            } else {
                missing.append(number)
            }
        }
        if !missing.isEmpty, missing.count == numbers.count,
            let (found, note) = renamed(numbers, in: graph)
        {
            places = found
            missing = []
            notes.append(note)
        }
        var misshapen: [String] = []
        for number in numbers {
            guard let place = places[number] else { continue }
            let node = graph.nodes[number]
            let type = Self.type(node)
            if let type, place.entry.dataType != type {
                misshapen.append(
                    "\(node.name): \(place.entry.dataType.name), the graph has \(type.name)"
                )
            } else if let shape = Self.shape(node), shape != place.shape {
                misshapen.append("\(node.name): \(place.shape), the graph has \(shape)")
            }
        }
        guard missing.isEmpty, misshapen.isEmpty else {
            throw NetworkError.imported(
                .variables(missing: missing.map { graph.nodes[$0].name }, misshapen: misshapen)
            )
        }
        if set == .movingAverages { try average(&places, in: graph) }
        var values: [Int: GraphConstant] = [:]
        for (number, place) in places {
            let bytes = try source.bytes(of: place.entry, verifies: true)
            let part = place.start.map { Self.part(bytes, place.entry, from: $0, place.shape) }
            values[number] = GraphConstant(place.entry.dataType, place.shape, part ?? bytes)
        }
        return values
    }

    /// The values of those variables that are there and can be read.
    func found(_ numbers: [Int], in graph: FlatGraph) -> [Int: GraphConstant] {
        var places: [Int: Place] = [:]
        for number in numbers {
            places[number] = place(of: number, in: graph, renamed: { $0 })
        }
        if places.isEmpty, let others = renamed(numbers, in: graph) { places = others.places }
        var values: [Int: GraphConstant] = [:]
        for (number, place) in places {
            guard let bytes = try? source.bytes(of: place.entry, verifies: true) else { continue }
            let part = place.start.map { Self.part(bytes, place.entry, from: $0, place.shape) }
            values[number] = GraphConstant(place.entry.dataType, place.shape, part ?? bytes)
        }
        return values
    }

    // MARK: Names

    private func place(
        of number: Int,
        in graph: FlatGraph,
        renamed: (String) -> String
    ) -> Place? {
        let node = graph.nodes[number]
        if let key = keys.keys[number], let entry = source.tensor(named: key) {
            return Place(entry: entry, shape: entry.shape)
        }
        var names = [node.name]
        if case .bytes(let shared)? = node["shared_name"], !shared.isEmpty {
            names.append(String(decoding: shared, as: UTF8.self))
        }
        for name in names {
            if let whole = parts[Name(name)], let place = place(whole, renamed) { return place }
            if let entry = source.tensor(named: renamed(name)) {
                return Place(entry: entry, shape: entry.shape)
            }
            if let place = numbered(name, in: graph, renamed) { return place }
        }
        return nil
    }

    /// A part of a variable, as the graph describes it.
    private func place(_ whole: VariableDef.Whole, _ renamed: (String) -> String) -> Place? {
        guard let entry = source.tensor(named: renamed(whole.name)) else { return nil }
        let start = whole.partOffset.compactMap { Int(exactly: $0) }
        let shape = whole.partShape.compactMap { Int(exactly: $0) }
        guard Self.fits(entry.shape, start, shape) else { return nil }
        return Place(entry: entry, start: start, shape: shape)
    }

    /// A part of a variable by its name, `whole/part_1`: the parts lie behind each other along the axis in which they differ
    /// from the whole.
    private func numbered(
        _ name: String,
        in graph: FlatGraph,
        _ renamed: (String) -> String
    ) -> Place? {
        guard let slash = name.utf8.lastIndex(of: UInt8(ascii: "/")) else { return nil }
        let last = String(decoding: name.utf8[name.utf8.index(after: slash)...], as: UTF8.self)
        let base = String(decoding: name.utf8[..<slash], as: UTF8.self)
        guard last.begins(with: "part_"), let part = Int(last.dropFirst(5)), part >= 0,
            let entry = source.tensor(named: renamed(base)),
            let number = graph.numbers[Name(name)], let shape = Self.shape(graph.nodes[number]),
            shape.count == entry.shape.count
        else { return nil }
        var start = [Int](repeating: 0, count: shape.count)
        let axes = shape.indices.filter { shape[$0] != entry.shape[$0] }
        guard axes.count <= 1 else { return nil }
        if let axis = axes.first {
            for earlier in 0..<part {
                guard let number = graph.numbers[Name("\(base)/part_\(earlier)")],
                    let other = Self.shape(graph.nodes[number]), other.indices.contains(axis)
                else { return nil }
                let (sum, overflow) = start[axis].addingReportingOverflow(other[axis])
                guard !overflow else { return nil }
                start[axis] = sum
            }
        }
        guard Self.fits(entry.shape, start, shape) else { return nil }
        return Place(entry: entry, start: start, shape: shape)
    }

    /// The variables under other names: without the scope that a module was put into, or with one.
    private func renamed(
        _ numbers: [Int],
        in graph: FlatGraph
    ) -> (places: [Int: Place], note: String)? {
        let names = numbers.map { graph.nodes[$0].name.split(separator: "/") }
        guard let first = names.first else { return nil }
        func all(_ renamed: (String) -> String) -> [Int: Place]? {
            var places: [Int: Place] = [:]
            for number in numbers {
                guard let place = place(of: number, in: graph, renamed: renamed) else { return nil }
                places[number] = place
            }
            return places
        }
        for count in 1..<max(first.count, 2) {
            let scope = first.prefix(count).joined(separator: "/") + "/"
            guard numbers.allSatisfy({ graph.nodes[$0].name.begins(with: scope) }) else { break }
            let found = all { name in
                name.begins(with: scope)
                    ? String(decoding: name.utf8.dropFirst(scope.utf8.count), as: UTF8.self) : name
            }
            if let found {
                return (found, "the checkpoint's names lack the scope \(scope)")
            }
        }
        let ending = "/" + first.joined(separator: "/")
        for entry in source.tensors where entry.name.ends(with: ending) {
            let count = entry.name.utf8.count - ending.utf8.count + 1
            let scope = String(decoding: entry.name.utf8.prefix(count), as: UTF8.self)
            if let found = all({ scope + $0 }) {
                return (found, "the checkpoint's names have the scope \(scope)")
            }
        }
        return nil
    }

    // MARK: Averages

    /// Takes moving averages in the place of trained variables.
    private mutating func average(
        _ places: inout [Int: Place],
        in graph: FlatGraph
    ) throws {
        var lacking: [String] = []
        var taken = 0
        for (number, place) in places.sorted(by: { $0.key < $1.key }) {
            let name = "\(place.entry.name)/\(VariableNames.movingAverage)"
            if let entry = source.tensor(named: name), entry.shape == place.entry.shape {
                places[number]?.entry = entry
                taken += 1
            } else if trained?.contains(Name(graph.nodes[number].name)) ?? false {
                lacking.append(graph.nodes[number].name)
            }
        }
        guard lacking.isEmpty, taken > 0 else {
            throw NetworkError.noMovingAverages(
                lacking.isEmpty ? places.keys.sorted().map { graph.nodes[$0].name } : lacking
            )
        }
        if taken < places.count {
            notes.append(
                "\(places.count - taken) of \(places.count) variables have no moving average, and "
                    + "stay as they are"
            )
        }
    }

    // MARK: Values

    static func type(_ node: FlatGraph.Node) -> DataType? {
        guard case .type(let number)? = node["dtype"] else { return nil }
        return DataType(rawValue: number)
    }

    /// The shape that a node states in full.
    static func shape(_ node: FlatGraph.Node) -> [Int]? {
        guard case .shape(let shape)? = node["shape"], !shape.isRankUnknown else { return nil }
        var extents: [Int] = []
        for dimension in shape.dimensions {
            guard let extent = Int(exactly: dimension), extent >= 0 else { return nil }
            extents.append(extent)
        }
        return extents
    }

    private static func fits(_ whole: [Int], _ start: [Int], _ shape: [Int]) -> Bool {
        guard start.count == whole.count, shape.count == whole.count else { return false }
        return whole.indices.allSatisfy { axis in
            let (end, overflow) = start[axis].addingReportingOverflow(shape[axis])
            return start[axis] >= 0 && shape[axis] >= 0 && !overflow && end <= whole[axis]
        }
    }

    /// The bytes of a part of a tensor.
    private static func part(
        _ bytes: StoredBytes,
        _ entry: TensorEntry,
        from start: [Int],
        _ shape: [Int]
    ) -> StoredBytes {
        let width = entry.dataType.byteCount ?? 1
        guard !shape.contains(0), let last = shape.last else {
            return shape.isEmpty ? bytes : StoredBytes([UInt8]())
        }
        let all = bytes.array
        let rows = shape.dropLast().reduce(1, *)
        var result: [UInt8] = []
        result.reserveCapacity(rows * last * width)
        for row in 0..<rows {
            var (rest, offset, stride) = (row, start[shape.count - 1], entry.shape[shape.count - 1])
            for axis in shape.indices.dropLast().reversed() {
                offset += (start[axis] + rest % shape[axis]) * stride
                stride *= entry.shape[axis]
                rest /= shape[axis]
            }
            result += all[(offset * width)..<((offset + last) * width)]
        }
        return StoredBytes(result)
    }
}
