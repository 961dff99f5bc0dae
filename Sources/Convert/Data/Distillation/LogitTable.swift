package import Checkpoint

/// Logits that were made elsewhere, a row for each picture, found by the picture's name or by its place.
public final class LogitTable {
    /// Logits in a row.
    public let classes: Int
    /// Whether rows are found by the names of pictures; else by their place among all records.
    let hasNames: Bool
    /// What is wrong with rows.
    private(set) var faults = FaultList()
    private let rows: RowStore
    private var rowOfName: [ByteName: Int] = [:]
    /// Rows by the last component of their names; nil where several end alike.
    private var rowOfEnd: [ByteName: Int?] = [:]

    init(classes: Int, hasNames: Bool) throws(DataError) {
        self.classes = classes
        self.hasNames = hasNames
        rows = try RowStore(width: classes)
    }

    /// How many rows there are.
    var count: Int { rows.count }

    /// Adds a row, or notes what is wrong with it.
    ///
    /// - Parameters:
    ///   - name: The picture, where rows have names.
    ///   - values: The logits.
    ///   - place: Where the row stands.
    /// - Throws: ``DataError/temporaryFile(_:)``.
    func add(
        _ name: ByteName?,
        _ values: [Float],
        at place: @autoclosure () -> String
    ) throws(DataError) {
        guard values.count == classes else {
            return faults.add(
                "\(place()): misshapen: expected \(classes) numbers, found \(values.count)"
            )
        }
        if let index = values.firstIndex(where: { !$0.isFinite }) {
            return faults.add("\(place()): misshapen: number \(index) is not finite")
        }
        if let name {
            guard rowOfName[name] == nil else {
                return faults.add("\(place()): doubled: there was a row of \(name) before")
            }
            rowOfName[name] = count
            let end = name.lastComponent
            rowOfEnd.updateValue(rowOfEnd[end] == nil ? count : nil, forKey: end)
        }
        try rows.append(values)
    }

    /// Notes a row that is no row at all.
    func addFault(_ line: String) { faults.add(line) }

    /// The row of a picture: of its name or, where no row has that, of the only name that ends alike.
    package func index(of name: ByteName) -> Int? {
        rowOfName[name] ?? rowOfEnd[name.lastComponent].flatMap { $0 }
    }

    /// The logits of a row.
    ///
    /// - Throws: ``DataError/temporaryFile(_:)``.
    func row(_ index: Int) throws(DataError) -> [Float] { try rows.row(index) }
}

/// Sentences about what is wrong, as many as anybody reads.
struct FaultList {
    private var lines: [String] = []
    private var count = 0

    private static let limit = 1000

    mutating func add(_ line: @autoclosure () -> String) {
        if count < Self.limit { lines.append(line()) }
        count += 1
    }

    /// Throws if there is anything.
    func check() throws(DataError) {
        guard count == 0 else { throw .rows(lines, more: count - lines.count) }
    }
}
