internal import CProto

/// The objects behind the keys of a TensorFlow 2 checkpoint.
///
/// Node 0 is the root. Objects may hold each other in circles.
public struct ObjectGraph: Equatable, Sendable {
    /// An object that another holds under a name.
    public struct Child: Equatable, Sendable {
        /// Which object.
        public var node: Int32
        /// The name, as an attribute of the holder.
        public var name: String
    }

    /// A value of an object.
    public struct Attribute: Equatable, Sendable {
        /// What it is to the object, such as `VARIABLE_VALUE`.
        public var name: String
        /// What the variable is called elsewhere.
        public var fullName: String
        /// Under which key the checkpoint holds it.
        public var key: String
    }

    /// What an optimiser keeps for a variable.
    public struct SlotVariable: Equatable, Sendable {
        /// The variable.
        public var original: Int32
        /// The name of the slot, such as `momentum`.
        public var name: String
        /// The variable that is the slot.
        public var slot: Int32
    }

    /// One object.
    public struct Node: Equatable, Sendable {
        /// The objects that it holds.
        public var children: [Child]
        /// Its values.
        public var attributes: [Attribute]
        /// The slots that it keeps.
        public var slots: [SlotVariable]
    }

    /// The objects; the first is the root.
    public var nodes: [Node]

    /// Takes an object graph apart.
    ///
    /// - Throws: ``ProtoError``.
    public init(_ bytes: RawSpan) throws(ProtoError) {
        nodes = try unsafe withMessage(
            bytes,
            tf__trackable_object_graph__init,
            tf__trackable_object_graph__unpack,
            tf__trackable_object_graph__free_unpacked
        ) { message throws(ProtoError) in
            try unsafe array(message.pointee.nodes, message.pointee.n_nodes) {
                node throws(ProtoError) in try unsafe Node(node)
            }
        }
    }
}

extension ObjectGraph.Node {
    fileprivate init(
        _ message: Tf__TrackableObjectGraph__TrackableObject
    ) throws(ProtoError) {
        children = try unsafe array(message.children, message.n_children) {
            unsafe ObjectGraph.Child(node: $0.node_id, name: text($0.local_name))
        }
        attributes = try unsafe array(message.attributes, message.n_attributes) {
            unsafe ObjectGraph.Attribute(
                name: text($0.name),
                fullName: text($0.full_name),
                key: text($0.checkpoint_key)
            )
        }
        slots = try unsafe array(message.slot_variables, message.n_slot_variables) {
            unsafe ObjectGraph.SlotVariable(
                original: $0.original_variable_node_id,
                name: text($0.slot_name),
                slot: $0.slot_variable_node_id
            )
        }
    }
}

extension ObjectGraph {
    /// A value of the checkpoint with the shortest path to its object from the root.
    public struct Path: Equatable, Sendable {
        /// The names of the objects on the way, joined by `/`.
        public var path: String
        /// Which value of the object.
        public var attribute: Attribute
    }

    /// The bytes that all paths together may take.
    private static let pathLimit = 48 << 20

    /// The paths of the objects that are optimisers, shortest paths first.
    ///
    /// An optimiser keeps slots, or holds a step count beside a rate, whatever it is called.
    ///
    /// - Throws: ``ProtoError/tooLarge(message:byteCount:)`` as ``paths()`` does.
    public func optimizerPaths() throws(ProtoError) -> [String] {
        let (queue, places) = try reached()
        return queue.filter { isOptimizer(nodes[$0]) }.compactMap { places[$0] }
            .filter { !$0.isEmpty }
    }

    private func isOptimizer(_ node: Node) -> Bool {
        let held = Set(node.children.map { Name($0.name) })
        return !node.slots.isEmpty || (held.contains("iter") && held.contains("learning_rate"))
            || (held.contains("_iterations") && held.contains("_learning_rate"))
            || (held.contains("_iterations") && held.contains("_variables"))
            || (held.contains("current_loss_scale") && held.contains("good_steps"))
    }

    /// Every value that can be reached from the root, once an object, shortest paths first.
    ///
    /// Slots are named `<variable>/.OPTIMIZER_SLOT/<optimiser>/<slot>`, as checkpoint keys are. References to objects that
    /// do not exist are passed over; ``danglingReferences`` has them.
    ///
    /// - Throws: ``ProtoError/tooLarge(message:byteCount:)`` if the paths are longer than any real graph's.
    public func paths() throws(ProtoError) -> [Path] {
        let (queue, places) = try reached()
        var byteCount = queue.reduce(0) { $0 + (places[$1]?.utf8.count ?? 0) }
        var paths: [Path] = []
        for index in queue {
            for attribute in nodes[index].attributes {
                let path = places[index] ?? ""
                byteCount += path.utf8.count
                guard byteCount <= 2 * Self.pathLimit else {
                    throw .tooLarge(message: "TrackableObjectGraph", byteCount: byteCount)
                }
                paths.append(Path(path: path, attribute: attribute))
            }
        }
        return paths
    }

    /// The objects that can be reached from the root, nearest first, and the shortest path to each.
    private func reached() throws(ProtoError) -> (queue: [Int], places: [Int: String]) {
        guard !nodes.isEmpty else { return ([], [:]) }
        var places: [Int: String] = [0: ""]
        var queue = [0]
        var next = 0
        var byteCount = 0
        func reach(_ node: Int32, as path: @autoclosure () -> String) throws(ProtoError) {
            guard nodes.indices.contains(Int(node)), places[Int(node)] == nil else { return }
            let path = path()
            byteCount += path.utf8.count
            guard byteCount <= Self.pathLimit else {
                throw .tooLarge(message: "TrackableObjectGraph", byteCount: byteCount)
            }
            places[Int(node)] = path
            queue.append(Int(node))
        }
        while next < queue.count {
            let index = queue[next]
            next += 1
            let place = places[index] ?? ""
            for child in nodes[index].children {
                try reach(child.node, as: place.isEmpty ? child.name : place + "/" + child.name)
            }
        }
        // Slot variables hang on optimisers, not on the tree of children.
        for index in queue {
            for slot in nodes[index].slots {
                guard let variable = places[Int(slot.original)] else { continue }
                let optimiser = places[index] ?? ""
                try reach(slot.slot, as: "\(variable)/.OPTIMIZER_SLOT/\(optimiser)/\(slot.name)")
            }
        }
        return (queue, places)
    }

    /// The numbers of objects that are referred to but do not exist.
    public var danglingReferences: [Int32] {
        var missing: Set<Int32> = []
        for node in nodes {
            let references =
                node.children.map(\.node) + node.slots.flatMap { [$0.original, $0.slot] }
            missing.formUnion(references.filter { !nodes.indices.contains(Int($0)) })
        }
        return missing.sorted()
    }
}
