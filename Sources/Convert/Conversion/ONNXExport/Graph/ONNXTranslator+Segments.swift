internal import Formats
internal import Networks
internal import Proto
internal import Reference

// Rows taken together which have the same number; the numbers are constants.
extension ONNXTranslator {
    static let segments: [String: Handler] = [
        "SegmentSum": sorted("ReduceSum"), "SegmentMean": sorted("ReduceMean"),
        "SegmentProd": sorted("ReduceProd"), "SegmentMax": sorted("ReduceMax"),
        "SegmentMin": sorted("ReduceMin"), "UnsortedSegmentSum": unsorted("ReduceSum"),
        "UnsortedSegmentProd": unsorted("ReduceProd"),
        "UnsortedSegmentMax": unsorted("ReduceMax"), "UnsortedSegmentMin": unsorted("ReduceMin"),
        "SparseSegmentSum": sorted("ReduceSum", hasRows: true),
        "SparseSegmentMean": sorted("ReduceMean", hasRows: true),
    ]

    /// The most segments, each of which is an operator.
    private static let segmentLimit = 1024

    /// Segments whose numbers ascend: those of all rows, or of the rows that another input lists.
    private static func sorted(_ operation: String, hasRows: Bool = false) -> Handler {
        { one, call throws(ReferenceError) in
            let numbers = try one.integers(call[hasRows ? 2 : 1])
            try one.segmented(
                call,
                operation,
                try one.own(call[0]),
                rows: hasRows ? one.integers(call[1]) : Array(numbers.indices),
                numbers,
                count: (numbers.last ?? -1).addingReportingOverflow(1).partialValue,
                inner: Array(one.shape(call[0]).dropFirst()),
                empty: one.number(0, one.type(call[0]))
            )
        }
    }

    private static func unsorted(_ operation: String) -> Handler {
        { one, call throws(ReferenceError) in
            let (numbers, rank) = (try one.integers(call[1]), try one.rank(call[1]))
            let count = try one.integer(call[2])
            let inner = Array(try one.shape(call[0]).dropFirst(rank))
            var value = try one.own(call[0])
            if rank != 1 {
                value = try one.reshaped(value, to: [numbers.count] + inner, call.part("rows"))
            }
            try one.segmented(
                call,
                operation,
                value,
                rows: Array(numbers.indices),
                numbers,
                count: count,
                inner: inner,
                empty: one.emptiness(operation, one.type(call[0]))
            )
        }
    }

    /// What TensorFlow gives for a number that no row has.
    private mutating func emptiness(
        _ operation: String,
        _ type: DataType
    ) throws(ReferenceError) -> String {
        switch operation {
        case "ReduceSum": return try number(0, type)
        case "ReduceProd": return try number(1, type)
        default:
            // The end of what the type holds, not infinity.
            let sign: Double = operation == "ReduceMax" ? -1 : 1
            switch type {
            case .float32: return try number(sign * Double(Float.greatestFiniteMagnitude), type)
            case .float64: return try number(sign * .greatestFiniteMagnitude, type)
            case .float16: return try number(sign * 65504, type)
            default: return try number(sign * .infinity, type)
            }
        }
    }

    private mutating func segmented(
        _ call: ONNXCall,
        _ operation: String,
        _ value: String,
        rows: [Int],
        _ numbers: [Int],
        count: Int,
        inner: [Int?],
        empty: String
    ) throws(ReferenceError) {
        guard (1...Self.segmentLimit).contains(count), rows.count == numbers.count else {
            throw ReferenceError("\(count) segments of \(numbers.count) rows")
        }
        var members = [[Int]](repeating: [], count: count)
        for (row, number) in zip(rows, numbers) where number >= 0 {
            guard number < count else { throw ReferenceError("number \(number) of \(count)") }
            members[number].append(row)
        }
        var parts: [String] = []
        for (number, own) in members.enumerated() {
            let part = call.part("segment\(number)")
            guard !own.isEmpty else {
                var extents = [1]
                for extent in inner {
                    guard let extent else { throw ReferenceError("rows of open extents") }
                    extents.append(extent)
                }
                parts.append(append("Expand", part, [empty, integers(extents)]))
                continue
            }
            let chosen = append(
                "Gather",
                "\(part)/rows",
                [value, integers(own)],
                ["axis": .integer(0)]
            )
            parts.append(reduced(operation, part, chosen, [0], keeps: true))
        }
        set(call, append("Concat", call.name, parts, ["axis": .integer(0)]), planar: false)
    }
}
