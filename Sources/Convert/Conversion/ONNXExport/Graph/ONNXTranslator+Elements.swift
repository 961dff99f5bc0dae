internal import Formats
internal import Networks
internal import Proto
internal import Reference

// Operations on single elements that are one operator, or none.
extension ONNXTranslator {
    static let elements: [String: Handler] = {
        var table: [String: Handler] = [:]
        for (operation, name) in [
            ("Abs", "Abs"), ("Neg", "Neg"), ("Sign", "Sign"), ("Relu", "Relu"), ("Sqrt", "Sqrt"),
            ("Reciprocal", "Reciprocal"), ("Inv", "Reciprocal"), ("Exp", "Exp"), ("Log", "Log"),
            ("Sigmoid", "Sigmoid"), ("Tanh", "Tanh"), ("Sin", "Sin"), ("Cos", "Cos"),
            ("Tan", "Tan"), ("Asin", "Asin"), ("Acos", "Acos"), ("Atan", "Atan"),
            ("Sinh", "Sinh"), ("Cosh", "Cosh"), ("Asinh", "Asinh"), ("Acosh", "Acosh"),
            ("Atanh", "Atanh"), ("Erf", "Erf"), ("Softplus", "Softplus"),
            ("Softsign", "Softsign"), ("LogicalNot", "Not"), ("IsNan", "IsNaN"),
            ("IsInf", "IsInf"),
        ] { table[operation] = one(name) }
        for (operation, name) in [
            ("Floor", "Floor"), ("Ceil", "Ceil"), ("Round", "Round"), ("Rint", "Round"),
        ] { table[operation] = rounding(name) }
        for operation in [
            "Identity", "StopGradient", "PreventGradient", "Snapshot", "GuaranteeConst", "Print",
            "PlaceholderWithDefault", "ReadVariableOp", "CheckNumerics", "EnsureShape",
        ] { table[operation] = passing }
        table["IdentityN"] = passingAll
        table["NoOp"] = nothing
        table["Assert"] = nothing
        return table
    }()

    private static let nothing: Handler = { _, _ throws(ReferenceError) in }

    private static let passingAll: Handler = { one, call throws(ReferenceError) in
        for (output, place) in call.inputs.enumerated() {
            try one.pass(call, output: output, place)
        }
    }

    private static let passing: Handler = { one, call throws(ReferenceError) in
        try one.pass(call, call[0])
    }

    private static func one(_ name: String) -> Handler {
        { one, call throws(ReferenceError) in
            try one.map(call) { one, x in one.append(name, call.name, [x]) }
        }
    }

    /// Whole numbers are round.
    private static func rounding(_ name: String) -> Handler {
        { one, call throws(ReferenceError) in
            guard try one.isFloat(call[0]) else { return try one.pass(call, call[0]) }
            try one.map(call) { one, x in one.append(name, call.name, [x]) }
        }
    }

    /// Operators on a node's first input, in whichever order it lies.
    mutating func map(
        _ call: ONNXCall,
        _ body: (inout ONNXTranslator, String) throws(ReferenceError) -> String
    ) throws(ReferenceError) {
        let (name, isPlanar) = try kept(call[0])
        set(call, try body(&self, name), planar: isPlanar)
    }
}
