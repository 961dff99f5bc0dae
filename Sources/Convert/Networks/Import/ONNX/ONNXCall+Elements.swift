internal import Proto

// Operators on single elements, and on pairs.
extension ONNXCall {
    static let elements: [String: Operator] = {
        var table: [String: Operator] = [:]
        let names = [
            ("Neg", "Neg"), ("Abs", "Abs"), ("Sqrt", "Sqrt"), ("Exp", "Exp"), ("Log", "Log"),
            ("Reciprocal", "Reciprocal"), ("Floor", "Floor"), ("Ceil", "Ceil"), ("Round", "Rint"),
            ("Sign", "Sign"), ("Erf", "Erf"), ("Sin", "Sin"), ("Cos", "Cos"), ("Tan", "Tan"),
            ("Asin", "Asin"), ("Acos", "Acos"), ("Atan", "Atan"), ("Sinh", "Sinh"),
            ("Cosh", "Cosh"), ("Asinh", "Asinh"), ("Acosh", "Acosh"), ("Atanh", "Atanh"),
            ("Tanh", "Tanh"), ("Sigmoid", "Sigmoid"), ("Relu", "Relu"), ("Softplus", "Softplus"),
            ("Softsign", "Softsign"), ("IsNaN", "IsNan"), ("Not", "LogicalNot"),
            ("Identity", "Identity"), ("Dropout", "Identity"), ("BitwiseNot", "Invert"),
        ]
        for (name, operation) in names { table[name] = single(operation) }
        table["Cast"] = cast
        table["IsInf"] = infinity
        return table
    }()

    private static func single(_ operation: String) -> Operator {
        { importer, call throws(ImportProblem) in
            let input = try call.input(0)
            return [importer.add(operation, [input])]
        }
    }

    private static let cast: Operator = { importer, call throws(ImportProblem) in
        let input = try call.input(0)
        guard let number = call.integer("to"), let type = ONNXCall.type(number) else {
            throw call.unfit("it makes elements of the type \(call.integer("to") ?? 0)")
        }
        return [importer.add("Cast", [input], [.init("DstT", .type(type.rawValue))])]
    }

    private static let infinity: Operator = { importer, call throws(ImportProblem) in
        let input = try call.input(0)
        guard call.integer("detect_negative") ?? 1 == 1, call.integer("detect_positive") ?? 1 == 1
        else { throw call.unfit("it tells one infinity from the other") }
        return [importer.add("IsInf", [input])]
    }

    static let pairs: [String: Operator] = {
        var table: [String: Operator] = [:]
        let names = [
            ("Add", "AddV2"), ("Sub", "Sub"), ("Mul", "Mul"), ("Pow", "Pow"), ("Equal", "Equal"),
            ("Less", "Less"), ("LessOrEqual", "LessEqual"), ("Greater", "Greater"),
            ("GreaterOrEqual", "GreaterEqual"), ("And", "LogicalAnd"), ("Or", "LogicalOr"),
            ("Xor", "NotEqual"), ("BitwiseAnd", "BitwiseAnd"), ("BitwiseOr", "BitwiseOr"),
            ("BitwiseXor", "BitwiseXor"),
        ]
        for (name, operation) in names { table[name] = pair(operation) }
        table["Div"] = division
        table["Mod"] = remainder
        for (name, operation) in [("Min", "Minimum"), ("Max", "Maximum"), ("Sum", "AddV2")] {
            table[name] = chain(operation)
        }
        table["Mean"] = mean
        return table
    }()

    private static func pair(_ operation: String) -> Operator {
        { importer, call throws(ImportProblem) in
            let (first, second) = (try call.input(0), try call.input(1))
            return [importer.add(operation, [first, second])]
        }
    }

    private static let division: Operator = { importer, call throws(ImportProblem) in
        let (first, second) = (try call.input(0), try call.input(1))
        let operation = importer.isFloat(first) ? "RealDiv" : "TruncateDiv"
        return [importer.add(operation, [first, second])]
    }

    private static let remainder: Operator = { importer, call throws(ImportProblem) in
        let (first, second) = (try call.input(0), try call.input(1))
        let operation = call.integer("fmod") == 1 ? "TruncateMod" : "FloorMod"
        return [importer.add(operation, [first, second])]
    }

    private static func chain(_ operation: String) -> Operator {
        { importer, call throws(ImportProblem) in
            let values = try call.all()
            return [importer.chained(operation, values)]
        }
    }

    private static let mean: Operator = { importer, call throws(ImportProblem) in
        let values = try call.all()
        let sum = importer.chained("AddV2", values)
        let share = importer.number(1 / Double(values.count), like: values[0])
        return [importer.add("Mul", [sum, share])]
    }

    /// The types that operators name by number.
    static func type(_ number: Int) -> DataType? {
        switch number {
        case 1: .float32
        case 2: .uint8
        case 3: .int8
        case 4: .uint16
        case 5: .int16
        case 6: .int32
        case 7: .int64
        case 9: .bool
        case 10: .float16
        case 11: .float64
        case 12: .uint32
        case 13: .uint64
        case 16: .bfloat16
        default: nil
        }
    }
}

extension ONNXImporter {
    /// Adds an operation on two tensors for each tensor but the first.
    mutating func chained(_ operation: String, _ values: [Value]) -> Value {
        var result = values[0]
        for value in values.dropFirst() { result = add(operation, [result, value]) }
        return result
    }
}
