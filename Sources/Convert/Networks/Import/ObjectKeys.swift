internal import Checkpoint
internal import Proto

/// Under which keys a checkpoint of TensorFlow 2 holds the variables of a graph.
///
/// A function's variables are handed to its call behind its arguments; the model's objects say which they are, and the
/// checkpoint's own objects, which hold each other by the same names, say where they lie.
struct ObjectKeys {
    /// The keys by the number of the variable's node.
    private(set) var keys: [Int: String] = [:]

    init(_ objects: SavedObjects?, of graph: FlatGraph, in source: any TensorSource) {
        guard let objects else { return }
        let places = Self.places(objects, in: source)
        var byName: [Name: [String]] = [:]
        for (number, node) in objects.nodes.enumerated() {
            guard case .variable(let name) = node.kind, let key = places[number] else { continue }
            byName[Name(name), default: []].append(key)
        }
        for (number, object) in graph.objects {
            if let key = places[object] { keys[number] = key }
        }
        for number in graph.nodes.indices where keys[number] == nil {
            let node = graph.nodes[number]
            guard node.call < 0 else { continue }
            if VariableValues.holders.contains(node.operation) {
                var names = [node.name]
                if case .bytes(let shared)? = node["shared_name"] {
                    names.insert(String(decoding: shared, as: UTF8.self), at: 0)
                }
                for name in names where keys[number] == nil {
                    if let found = byName[Name(name)], found.count == 1 { keys[number] = found[0] }
                }
                continue
            }
            var called = node.operation
            if case .function(let name, _)? = node["f"] { called = name }
            guard let captures = objects.captures[Name(called)],
                captures.count <= node.inputs.count
            else { continue }
            let handles = node.inputs.suffix(captures.count)
            for (handle, object) in zip(handles, captures) {
                if let key = places[Int(object)] { keys[graph.resolved(handle).node] = key }
            }
        }
    }

    /// The keys of the objects that are variables, by their number.
    private static func places(
        _ objects: SavedObjects,
        in source: any TensorSource
    ) -> [Int: String] {
        var places: [Int: String] = [:]
        let stored = checkpointObjects(source)
        var paths: [Int: String] = [0: ""]
        var twins: [Int: Int] = [0: 0]
        var queue = [0]
        var next = 0
        var byteCount = 0
        while next < queue.count {
            let number = queue[next]
            next += 1
            guard objects.nodes.indices.contains(number) else { continue }
            let node = objects.nodes[number]
            let twin = twins[number].flatMap { stored?.indices.contains($0) == true ? $0 : nil }
            let attributes = twin.flatMap { stored?[$0].attributes } ?? []
            let value = attributes.first { Name($0.name) == "VARIABLE_VALUE" }
            if let value {
                places[number] = value.key
            } else if stored == nil, case .variable = node.kind, let path = paths[number] {
                places[number] = "\(path)/.ATTRIBUTES/VARIABLE_VALUE"
            }
            for child in node.children {
                let place = Int(child.node)
                guard objects.nodes.indices.contains(place), paths[place] == nil else { continue }
                let path = paths[number].map { $0.isEmpty ? child.name : "\($0)/\(child.name)" }
                byteCount += path?.utf8.count ?? 0
                // Longer than those of any real model.
                guard byteCount < 1 << 25 else { return places }
                paths[place] = path
                twins[place] = twin.flatMap { twin in
                    stored?[twin].children.first { Name($0.name) == Name(child.name) }
                        .map { Int($0.node) }
                }
                queue.append(place)
            }
        }
        return places
    }

    /// The objects that a checkpoint describes.
    private static func checkpointObjects(_ source: any TensorSource) -> [ObjectGraph.Node]? {
        guard let entry = source.tensor(named: "_CHECKPOINTABLE_OBJECT_GRAPH"),
            let strings = try? source.strings(of: entry), let first = strings.first
        else { return nil }
        return (try? ObjectGraph(unsafe first.span.bytes))?.nodes
    }
}
