internal import Proto

/// What gives or hands on values without computing.
extension ReferenceOperation {
    static let flow: [String: ReferenceOperation] = [
        "Const": .one(0...0) { call throws(ReferenceError) in
            guard case .tensor(let message)? = call.node["value"] else {
                throw call.node.unfit("value", "a constant")
            }
            if call.node["dtype"] != nil, try call.node.type("dtype").rawValue != message.dataType {
                throw call.node.unfit("dtype", "the type of its value")
            }
            return try ReferenceTensor(message)
        },
        "Identity": identity,
        "StopGradient": identity,
        "PreventGradient": identity,
        "Snapshot": identity,
        "GuaranteeConst": identity,
        "DisableCopyOnRead": ReferenceOperation(0...1) { _ in [] },
        "NoOp": ReferenceOperation(0...0) { _ in [] },
        "Assert": ReferenceOperation(1...(1 << 16)) { _ in [] },
        "Print": ReferenceOperation(1...(1 << 16)) { call in [call.inputs[0]] },
        "IdentityN": ReferenceOperation(0...(1 << 16)) { call in call.inputs },
        "PlaceholderWithDefault": identity,
        "ReadVariableOp": identity,
        "CheckNumerics": .one(1...1) { call throws(ReferenceError) in
            guard try call[0].floats().allSatisfy(\.isFinite) else {
                throw ReferenceError(
                    "\(try call.node.text("message", default: "")): not all numbers are finite"
                )
            }
            return try call[0]
        },
        "EnsureShape": .one(1...1) { call throws(ReferenceError) in
            guard case .shape(let shape)? = call.node["shape"] else {
                throw call.node.unfit("shape", "a shape")
            }
            let found = try call[0].shape
            guard
                shape.isRankUnknown
                    || shape.dimensions.count == found.count
                        && zip(shape.dimensions, found).allSatisfy({ $0 < 0 || $0 == Int64($1) })
            else { throw ReferenceError("the shape \(found), expected \(shape.dimensions)") }
            return try call[0]
        },
        "Placeholder": ReferenceOperation(.given, 0...0),
        "PlaceholderV2": ReferenceOperation(.given, 0...0),
        "VarHandleOp": ReferenceOperation(.given, 0...0),
        "VariableV2": ReferenceOperation(.given, 0...0),
        "Variable": ReferenceOperation(.given, 0...0),
        "AutoReloadVariable": ReferenceOperation(.given, 0...0),
        "Switch": ReferenceOperation(.flow, 2...2),
        "RefSwitch": ReferenceOperation(.flow, 2...2),
        "Merge": ReferenceOperation(.flow, 1...(1 << 16)),
        "RefMerge": ReferenceOperation(.flow, 1...(1 << 16)),
    ]

    private static let identity = ReferenceOperation(1...1) { call in call.inputs }
}
