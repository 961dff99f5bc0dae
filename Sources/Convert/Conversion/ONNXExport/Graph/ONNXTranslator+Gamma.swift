internal import Formats
internal import Networks
internal import Proto
internal import Reference

// The logarithm of the gamma function, which ONNX does not have.
extension ONNXTranslator {
    static let gammas: [String: Handler] = [
        "Lgamma": { one, call throws(ReferenceError) in
            let type = try one.type(call[0])
            try one.map(call) { one, x throws(ReferenceError) in try one.gamma(call, x, type) }
        }
    ]

    /// Lanczos' sum with g = 7, computed in float64, and the reflection below one half.
    private static let coefficients: [Double] = [
        0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
        -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
        1.5056327351493116e-7,
    ]

    private mutating func gamma(
        _ call: ONNXCall,
        _ input: String,
        _ type: DataType
    ) throws(ReferenceError) -> String {
        func double(_ value: Double) -> String { array(ReferenceTensor(value)) }
        var count = 0
        func add(_ operation: String, _ inputs: [String]) -> String {
            count += 1
            return append(operation, call.part("\(operation)\(count)"), inputs)
        }
        let given =
            type == .float64
            ? input : append("Cast", call.part("double"), [input], ["to": .integer(11)])
        // Beyond this the result is infinite, and so it stays.
        let x = add("Min", [given, double(2.6e305)])
        let isLow = add("Less", [x, double(0.5)])
        let mirrored = add("Sub", [double(1), x])
        let z = add("Sub", [add("Where", [isLow, mirrored, x]), double(1)])
        var sum = double(Self.coefficients[0])
        for (index, coefficient) in Self.coefficients.enumerated().dropFirst() {
            let place = add("Add", [z, double(Double(index))])
            sum = add("Add", [sum, add("Div", [double(coefficient), place])])
        }
        let base = add("Add", [z, double(7.5)])
        let power = add("Mul", [add("Add", [z, double(0.5)]), add("Log", [base])])
        let start = add("Sub", [power, base])
        let half = double(0.91893853320467274)
        let value = add("Add", [add("Add", [start, half]), add("Log", [sum])])
        // log(pi / |sin(pi x)|) less the value at 1 - x; whole numbers have a sine of nothing.
        let part = add("Sub", [x, add("Floor", [x])])
        let sine = add("Abs", [add("Sin", [add("Mul", [part, double(.pi)])])])
        let reflected = add("Sub", [add("Log", [add("Div", [double(.pi), sine])]), value])
        let result = add("Where", [isLow, reflected, value])
        return cast(result, to: type, call.name)
    }
}
