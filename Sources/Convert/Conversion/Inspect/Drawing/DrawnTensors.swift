internal import Base
package import Checkpoint
package import Networks
package import Proto
internal import Reference
internal import Synchronization

/// The tensors of a drawing while it is made: each once, however often it is taken.
package struct DrawnTensors {
    /// Gives a tensor's bytes, little-endian, in row-major order.
    package typealias Bytes = @Sendable () throws -> StoredBytes

    /// A tensor whose numbers are still to be looked at.
    private struct Waiting: Sendable {
        let number: Int
        let type: DataType
        let role: VariableRole
        let byteCount: Int
        let bytes: Bytes
    }

    private(set) var tensors: [DrawnTensor] = []
    private var numbers: [Key: Int] = [:]
    /// Whose names are meant, where several graphs have the same ones.
    var scope: String?
    private struct Key: Hashable {
        let scope: Name?
        let name: Name
    }
    private var waiting: [Waiting] = []

    /// The most tensors whose numbers are looked at, and their bytes.
    private static let tensorLimit = 5000
    private static let byteLimit = 4 << 30
    /// The most tensors.
    private static let listLimit = 40_000
    /// The most values that are shown one by one.
    private static let valueLimit = 16

    /// No tensors.
    package init() {}

    /// The number of a tensor of a name that is known already.
    package func number(of name: String) -> Int? { numbers[key(name)] }

    /// Adds a tensor.
    ///
    /// - Parameters:
    ///   - name: The name that it is known by.
    ///   - type: The type of the elements; nil for one that is not known.
    ///   - typeName: What the file calls it, where that is not known.
    ///   - shape: The extents.
    ///   - remark: Why the values are not there.
    ///   - role: What it is for.
    ///   - bytes: Gives the bytes; nil where they are not there.
    /// - Returns: Its number; nil where there are too many.
    @discardableResult
    package mutating func add(
        _ name: String,
        type: DataType?,
        typeName: String? = nil,
        shape: [Int],
        remark: String = "",
        role: VariableRole = .other,
        bytes: Bytes?
    ) -> Int? {
        if let known = numbers[key(name)] { return known }
        guard tensors.count < Self.listLimit else { return nil }
        let number = tensors.count
        numbers[key(name)] = number
        let (count, overflows) = Self.count(shape)
        var tensor = DrawnTensor(
            name: DrawnText.clipped(name),
            type: typeName.map { DrawnText.clipped($0) } ?? type?.name ?? "unknown",
            shape: shape,
            count: count
        )
        tensor.remark = remark
        tensors.append(tensor)
        let (byteCount, isHuge) = count.multipliedReportingOverflow(by: type?.byteCount ?? 1)
        if let bytes, let type, !overflows, !isHuge {
            waiting.append(
                Waiting(number: number, type: type, role: role, byteCount: byteCount, bytes: bytes)
            )
        }
        return number
    }

    private func key(_ name: String) -> Key {
        Key(scope: scope.map { Name($0) }, name: Name(name))
    }

    /// The numbers of the tensors outside of functions.
    var numbersByName: [Name: Int] {
        var result: [Name: Int] = [:]
        for (key, number) in numbers where key.scope == nil { result[key.name] = number }
        return result
    }

    private static func count(_ shape: [Int]) -> (Int, overflows: Bool) {
        var count = 1
        for extent in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            if overflow || extent < 0 { return (0, true) }
            count = product
        }
        return (count, false)
    }

    /// Looks at the numbers of all tensors, as far as the limits allow.
    ///
    /// - Returns: The tensors, and how many of them were not looked at for the limits.
    package func measured() -> (tensors: [DrawnTensor], leftOut: Int) {
        var chosen: [Waiting] = []
        var room = Self.byteLimit
        for tensor in waiting where chosen.count < Self.tensorLimit && tensor.byteCount <= room {
            room -= tensor.byteCount
            chosen.append(tensor)
        }
        let work = chosen
        let names = tensors.map(\.name)
        let counts = tensors.map(\.count)
        let found = Mutex<[Int: Measure]>([:])
        parallel(work.count) { index in
            let tensor = work[index]
            let measure = Self.measure(tensor, names[tensor.number], counts[tensor.number])
            found.withLock { $0[tensor.number] = measure }
        }
        var result = tensors
        for (number, measure) in found.withLock({ $0 }) {
            result[number].statistics = measure.statistics
            result[number].values = measure.values
            if result[number].remark.isEmpty { result[number].remark = measure.remark }
        }
        let asked = Set(chosen.map(\.number))
        for tensor in waiting where !asked.contains(tensor.number) {
            result[tensor.number].remark = "its numbers were not looked at: there are too many"
        }
        return (result, waiting.count - chosen.count)
    }

    private struct Measure: Sendable {
        var statistics: TensorStatistics?
        var values = ""
        var remark = ""
    }

    private static func measure(
        _ tensor: Waiting,
        _ name: String,
        _ count: Int
    ) -> Measure {
        var measure = Measure()
        guard let format = NumberFormat(tensor.type) else { return measure }
        let stored: StoredBytes
        do {
            stored = try tensor.bytes()
            try stored.checkIntact()
        } catch {
            measure.remark = DrawnText.clipped("cannot be read: \(error)", to: 2000)
            return measure
        }
        guard stored.count == tensor.byteCount else {
            measure.remark = "has \(stored.count) bytes, its shape needs \(tensor.byteCount)"
            return measure
        }
        let statistics = unsafe TensorStatistics(stored.buffer.bytes, count: count, format)
        measure.statistics = statistics
        measure.remark = statistics.suspicions(tensor.role, name: name).joined(separator: ", ")
        if count <= valueLimit {
            measure.values = (0..<count).map { place in
                unsafe format.text(stored.buffer.bytes, at: place)
            }.joined(separator: ", ")
        }
        return measure
    }
}

extension NumberFormat {
    /// The number at an element's place as text.
    fileprivate func text(_ bytes: RawSpan, at index: Int) -> String {
        guard isFloatingPoint else { return "\(integer(bytes, at: index))" }
        let value = number(bytes, at: index)
        return dataType == .float64 ? "\(value)" : "\(Float(value))"
    }
}
