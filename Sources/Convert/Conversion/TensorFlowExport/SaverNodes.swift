internal import Proto

/// The operations that save a graph's variables to a V2 checkpoint and restore them.
struct SaverNodes {
    /// What a loader must know of them.
    let saver: MetaGraph.Saver
    /// The lists of variables that a graph keeps.
    let collections: [String: MetaGraph.Collection]

    /// Adds the operations for variables, which go to a checkpoint in the order of their names, as TensorFlow's saver has it.
    init(_ unordered: [WeightNodes.Variable], to builder: inout GraphDefBuilder) {
        let variables = unordered.sorted {
            $0.key.utf8.lexicographicallyPrecedes($1.key.utf8)
        }
        let string: [String: AttributeValue] = ["T": .of(.string)]
        let usual = builder.constant("save/filename/input", ["model"], isScalar: true)
        let place: [String: AttributeValue] = ["dtype": .of(.string), "shape": .extents([])]
        let file = builder.add("PlaceholderWithDefault", "save/filename", [usual], place)
        let path = builder.add("PlaceholderWithDefault", "save/Const", [file], place)
        let types = AttributeValue.list(variables.map { .of($0.dataType) })
        let keys = variables.map(\.key)
        let whole = [String](repeating: "", count: keys.count)

        let savedNames = builder.constant("save/SaveV2/tensor_names", keys)
        let savedSlices = builder.constant("save/SaveV2/shape_and_slices", whole)
        let saving = builder.add(
            "SaveV2",
            "save/SaveV2",
            [path, savedNames, savedSlices] + variables.map(\.read),
            ["dtypes": types]
        )
        let saved = builder.add(
            "Identity",
            "save/control_dependency",
            [path, "^\(saving)"],
            string
        )

        let restoredNames = builder.constant("save/RestoreV2/tensor_names", keys)
        let restoredSlices = builder.constant("save/RestoreV2/shape_and_slices", whole)
        let restored = builder.add(
            "RestoreV2",
            "save/RestoreV2",
            [path, restoredNames, restoredSlices],
            ["dtypes": types]
        )
        let assignments = variables.enumerated().map { index, variable in
            let number = index == 0 ? "" : "_\(index)"
            let type = AttributeValue.of(variable.dataType)
            let value = builder.add(
                "Identity",
                "save/Identity\(number)",
                [index == 0 ? restored : "\(restored):\(index)"],
                ["T": type]
            )
            return builder.add(
                "AssignVariableOp",
                "save/AssignVariableOp\(number)",
                [variable.handle, value],
                ["dtype": type]
            )
        }
        let restoring = builder.add("NoOp", "save/restore_all", assignments.map { "^\($0)" })
        _ = builder.add("NoOp", "init", variables.map { "^\($0.initializer)" })

        saver = MetaGraph.Saver(
            fileNameTensor: "\(path):0",
            saveTensor: "\(saved):0",
            restoreOperation: restoring
        )
        let messages = variables.map { variable in
            (
                variable.isTrainable,
                VariableDef.serialized(
                    handle: "\(variable.handle):0",
                    initializer: variable.initializer,
                    snapshot: "\(variable.read):0",
                    initialValue: "\(variable.initialValue):0",
                    isTrainable: variable.isTrainable
                )
            )
        }
        var collections = ["variables": MetaGraph.Collection.messages(messages.map(\.1))]
        let trainable = messages.filter(\.0).map(\.1)
        if !trainable.isEmpty { collections["trainable_variables"] = .messages(trainable) }
        self.collections = collections
    }
}
