public import Checkpoint
public import Networks
public import Proto

/// How two checkpoints differ, tensor by tensor.
public struct CheckpointComparison: Sendable {
    /// What became of a tensor.
    public enum Change: Equatable, Sendable {
        /// Only the second checkpoint has it.
        case added
        /// Only the first has it.
        case removed
        /// The shapes differ.
        case reshaped(from: [Int], to: [Int])
        /// The types of the elements differ.
        case retyped(from: DataType, to: DataType)
        /// The values differ: the largest difference, and the norm of the difference by that of the first.
        case changed(largest: Double, relative: Double)
        /// Strings, or bytes without a meaning, differ.
        case differs
        /// It cannot be read in one of the two.
        case unreadable(String)
    }

    /// A tensor that differs.
    public struct Difference: Equatable, Sendable {
        /// Its name.
        public let name: String
        /// What it is for.
        public let role: VariableRole
        /// How it differs.
        public let change: Change
    }

    /// The differences, sorted by name.
    public private(set) var differences: [Difference] = []
    /// How many tensors of each role are the same.
    public private(set) var same: [VariableRole: Int] = [:]

    /// Compares two checkpoints.
    ///
    /// Numbers are the same if they differ by no more than `absolute` + `relative` times the first's size; NaN is the same as NaN.
    public init(
        _ first: any TensorSource,
        _ second: any TensorSource,
        absolute: Double = 0,
        relative: Double = 0
    ) {
        let names = Set(first.tensors.map(\.key)).union(second.tensors.map(\.key))
        let others = Dictionary(uniqueKeysWithValues: second.tensors.map { ($0.key, $0) })
        let ours = Dictionary(uniqueKeysWithValues: first.tensors.map { ($0.key, $0) })
        let roles = (VariableRoles(first), VariableRoles(second))
        for key in names.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            guard let entry = ours[key] ?? others[key] else { continue }
            let role = ours[key] == nil ? roles.1.role(of: entry) : roles.0.role(of: entry)
            let change: Change? =
                if let left = ours[key], let right = others[key] {
                    Self.change(first, left, second, right, absolute, relative)
                } else {
                    ours[key] == nil ? .added : .removed
                }
            if let change {
                differences.append(Difference(name: entry.name, role: role, change: change))
            } else {
                same[role, default: 0] += 1
            }
        }
    }

    private static func change(
        _ first: any TensorSource,
        _ left: TensorEntry,
        _ second: any TensorSource,
        _ right: TensorEntry,
        _ absolute: Double,
        _ relative: Double
    ) -> Change? {
        if left.shape != right.shape { return .reshaped(from: left.shape, to: right.shape) }
        if left.dataType != right.dataType {
            return .retyped(from: left.dataType, to: right.dataType)
        }
        do throws(CheckpointError) {
            if left.dataType == .string {
                let ours = try first.strings(of: left)
                return ours == (try second.strings(of: right)) ? nil : .differs
            }
            if left.dataType == .variant {
                let ours = try first.variants(of: left)
                let theirs = try second.variants(of: right)
                return unsafe ours.buffer.elementsEqual(theirs.buffer) ? nil : .differs
            }
            let ours = try first.bytes(of: left, verifies: true)
            let theirs = try second.bytes(of: right, verifies: true)
            if unsafe ours.buffer.elementsEqual(theirs.buffer) { return nil }
            guard let (format, count) = numbers(left) else { return .differs }
            return unsafe change(
                ours.buffer.bytes,
                theirs.buffer.bytes,
                count,
                format,
                absolute,
                relative
            )
        } catch {
            return .unreadable("\(error)")
        }
    }

    /// The real numbers of a tensor; a complex one is two.
    private static func numbers(_ entry: TensorEntry) -> (NumberFormat, Int)? {
        switch entry.dataType {
        case .complex64: NumberFormat(.float32).map { ($0, entry.elementCount * 2) }
        case .complex128: NumberFormat(.float64).map { ($0, entry.elementCount * 2) }
        default: NumberFormat(entry.dataType).map { ($0, entry.elementCount) }
        }
    }

    private static func change(
        _ ours: RawSpan,
        _ theirs: RawSpan,
        _ count: Int,
        _ format: NumberFormat,
        _ absolute: Double,
        _ relative: Double
    ) -> Change? {
        var (largest, squares, sum) = (0.0, 0.0, 0.0)
        var isOutside = false
        for index in 0..<count {
            let left = format.number(ours, at: index)
            let right = format.number(theirs, at: index)
            squares += left * left
            guard left != right, !(left.isNaN && right.isNaN) else { continue }
            let distance = (right - left).magnitude
            if distance.isNaN || distance > absolute + relative * left.magnitude {
                isOutside = true
            }
            sum += distance * distance
            largest = largest.isNaN || distance.isNaN ? .nan : max(largest, distance)
        }
        guard isOutside else {
            // Whole numbers beyond a Double's digits differ in bytes only.
            guard sum == 0, !format.isFloatingPoint else { return nil }
            return absolute == 0 && relative == 0 ? .differs : nil
        }
        return .changed(largest: largest, relative: sum.squareRoot() / squares.squareRoot())
    }
}
