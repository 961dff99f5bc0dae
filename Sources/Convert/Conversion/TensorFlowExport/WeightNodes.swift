internal import Base
internal import Checkpoint
internal import Proto

/// The parameters of a network as nodes of a graph, under the names that they have in a checkpoint.
struct WeightNodes {
    /// How values get into a graph.
    enum Storage {
        /// They are in it.
        case constants
        /// They are restored from a checkpoint.
        case variables
    }

    /// A variable of the graph.
    struct Variable {
        /// Its tensor in checkpoints.
        let key: String
        let dataType: DataType
        let isTrainable: Bool
        /// The node of its handle.
        let handle: String
        /// The node that reads it.
        let read: String
        /// The node that gives it its first value.
        let initializer: String
        /// The node of that value.
        let initialValue: String
    }

    let storage: Storage
    /// The variables, in the order of creation.
    private(set) var variables: [Variable] = []

    init(_ storage: Storage) { self.storage = storage }

    /// Adds a tensor, and gives the output that has its values as float32.
    mutating func addNumbers(
        _ item: ConversionPlan.Item,
        isTrainable: Bool,
        to builder: inout GraphDefBuilder
    ) -> String {
        let values =
            switch storage {
            case .constants: builder.addWeight(item.name, item)
            case .variables: add(item, isTrainable: isTrainable, to: &builder)
            }
        guard item.dataType != .float32 else { return values }
        return builder.add(
            "Cast",
            "\(item.name)/Cast",
            [values],
            ["SrcT": .of(item.dataType), "DstT": .of(.float32), "Truncate": .bool(false)]
        )
    }

    /// Adds a variable of any type, and gives the output that has its value.
    mutating func add(
        _ item: ConversionPlan.Item,
        isTrainable: Bool,
        to builder: inout GraphDefBuilder
    ) -> String {
        let shape = item.source.shape
        let type = AttributeValue.of(item.dataType)
        let name = nodeName(item.name)
        let handle = builder.add(
            "VarHandleOp",
            name,
            [],
            [
                "container": .text(""), "shared_name": .text(name), "dtype": type,
                "shape": .extents(shape),
            ]
        )
        let extents = builder.constant(
            "\(name)/Initializer/shape",
            shape.map { Int32(clamping: $0) }
        )
        let zero =
            item.dataType == .string
            ? builder.constant("\(name)/Initializer/value", [""], isScalar: true)
            : builder.constant(
                "\(name)/Initializer/value",
                item.dataType,
                [],
                [UInt8](repeating: 0, count: item.dataType.byteCount ?? 0)
            )
        let value = builder.add(
            "Fill",
            "\(name)/Initializer/zeros",
            [extents, zero],
            ["T": type, "index_type": .of(.int32)]
        )
        let initializer = builder.add(
            "AssignVariableOp",
            "\(name)/Assign",
            [handle, value],
            ["dtype": type]
        )
        let read = builder.add(
            "ReadVariableOp",
            "\(name)/Read/ReadVariableOp",
            [handle],
            ["dtype": type]
        )
        variables.append(
            Variable(
                key: item.name,
                dataType: item.dataType,
                isTrainable: isTrainable,
                handle: handle,
                read: read,
                initializer: initializer,
                initialValue: value
            )
        )
        return read
    }

    /// The name itself where a node can have it, else the nearest that it can have.
    private func nodeName(_ name: String) -> String {
        guard !isNodeName(name) else { return name }
        let scalars = name.unicodeScalars.map { isNodeName("a\($0)") ? String($0) : "_" }
        return "variable\(scalars.joined())"
    }
}
