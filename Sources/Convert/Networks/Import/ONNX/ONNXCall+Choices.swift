internal import Proto
internal import Reference

// Operators that choose elements.
extension ONNXCall {
    static let choices: [String: Operator] = [
        "Where": { importer, call throws(ImportProblem) in
            let (choice, first) = (try call.input(0), try call.input(1))
            let second = try call.input(2)
            return [importer.add("SelectV2", [choice, first, second])]
        },
        "Gather": { importer, call throws(ImportProblem) in
            let (input, places) = (try call.input(0), try call.input(1))
            let rank = try importer.rank(input, call)
            let axis = try importer.axis(call.integer("axis") ?? 0, of: rank, call)
            var fitting = places
            // Numbers below zero count from the end.
            if let value = importer.form(places)?.value, let numbers = try? value.integers(),
                numbers.contains(where: { $0 < 0 })
            {
                guard let extent = importer.shape(input)?[axis] else {
                    throw call.unfit("it counts from an end that is open")
                }
                let turned = numbers.map { $0 < 0 ? $0 + extent : $0 }
                if let tensor = try? ReferenceTensor(value.shape, integers: turned, as: .int64) {
                    fitting = importer.constant(tensor)
                }
            }
            var attributes: [NodeDef.Attribute] = []
            if let type = importer.form(input)?.type {
                attributes.append(.init("Tparams", .type(type.rawValue)))
            }
            let number = importer.scalar(axis)
            return [importer.add("GatherV2", [input, fitting, number], attributes)]
        },
        "GatherND": { importer, call throws(ImportProblem) in
            guard call.integer("batch_dims") ?? 0 == 0 else {
                throw call.unfit("each picture by itself")
            }
            let (input, places) = (try call.input(0), try call.input(1))
            return [importer.add("GatherNd", [input, places])]
        },
        "ScatterND": { importer, call throws(ImportProblem) in
            let values = try call.all()
            guard values.count == 3 else { throw call.unfit("it takes \(values.count) tensors") }
            switch call.text("reduction") ?? "none" {
            case "none": return [importer.add("TensorScatterUpdate", values)]
            case "add": return [importer.add("TensorScatterAdd", values)]
            case let other: throw call.unfit("its reduction is \(other)")
            }
        },
        "CumSum": { importer, call throws(ImportProblem) in
            let (input, axis) = (try call.input(0), try call.input(1))
            let attributes = [
                NodeDef.Attribute("exclusive", .bool(call.integer("exclusive") == 1)),
                NodeDef.Attribute("reverse", .bool(call.integer("reverse") == 1)),
            ]
            return [importer.add("Cumsum", [input, axis], attributes)]
        },
        "TopK": { importer, call throws(ImportProblem) in
            let input = try call.input(0)
            let rank = try importer.rank(input, call)
            let axis = try importer.axis(call.integer("axis") ?? -1, of: rank, call)
            let stated = call.integer("k") ?? importer.integers(call.optional(1))?.first
            guard let count = stated, axis == rank - 1, call.integer("largest") ?? 1 == 1 else {
                throw call.unfit("the smallest, or along another axis than the last")
            }
            let number = importer.scalar(count)
            let values = importer.add("TopKV2", [input, number])
            let places = Value(place: TensorPlace(node: values.place.node, output: 1))
            let wide = importer.add(
                "Cast",
                [places],
                [.init("DstT", .type(DataType.int64.rawValue))]
            )
            return [values, wide]
        },
    ]
}
