internal import Checkpoint
internal import Synchronization

/// A teacher's logits for pictures that are to become records, found by the pictures' names.
///
/// The files are those of `LogitTable.init(csv:classes:)`: lines of a file name and its logits.
public final class PictureLogits: Sendable {
    /// Logits of one picture.
    public let classes: Int
    private let tables: Mutex<Tables>

    /// Tables that one thread at a time may ask.
    private struct Tables: @unchecked Sendable {  // only ever behind the lock
        let all: [LogitTable]
    }

    /// Reads files of logits, which count as one.
    ///
    /// - Parameter paths: The files, at least one.
    /// - Throws: `DataError`, `CheckpointError`; ``DataError/logits(_:)`` with all rows that are misshapen or
    ///   doubled within a file.
    /// - Precondition: there is a file.
    public init(csv paths: [String]) throws {
        precondition(!paths.isEmpty, "logits of \(paths.count) files")
        var all: [LogitTable] = []
        var faults: [String] = []
        for path in paths {
            let table = try LogitTable(csv: path, classes: all.first?.classes)
            do throws(DataError) {
                try table.faults.check()
            } catch {
                guard case .rows(let lines, _) = error else { throw error }
                faults += lines
            }
            all.append(table)
        }
        guard faults.isEmpty else { throw DataError.logits(faults) }
        classes = all.first?.classes ?? 0
        tables = Mutex(Tables(all: all))
    }

    /// The files that are meant by paths: of a folder all whose names begin with `train` or `validation`.
    ///
    /// - Throws: ``DataError/noRows(path:)`` for a folder without.
    public static func files(at paths: [String]) throws(DataError) -> [String] {
        var files: [String] = []
        for path in paths {
            guard let entries = try? BytePath(path).entries() else {
                files.append(path)
                continue
            }
            let found = entries.compactMap { $0.isFolder ? nil : $0.name.text }
                .filter { $0.hasPrefix("train") || $0.hasPrefix("validation") }
            guard !found.isEmpty else { throw .noRows(path: path) }
            files += found.map { "\(path)/\($0)" }
        }
        return files
    }

    /// A row of one of the tables.
    private struct Row: Hashable {
        let table: Int
        let index: Int
    }

    /// Throws unless each picture has exactly one row, and each row no more than one picture.
    ///
    /// - Throws: ``DataError/logits(_:)`` with all that are missing or doubled.
    func check(_ pictures: some Sequence<ListedPicture>) throws(DataError) {
        let faults = tables.withLock { tables in
            var takers: [Row: String] = [:]
            return pictures.compactMap { picture -> String? in
                let name = ByteName(picture.name)
                let rows = tables.all.enumerated().compactMap { number, table in
                    table.index(of: name).map { Row(table: number, index: $0) }
                }
                guard let row = rows.first else {
                    return "\(picture.path): missing: there is no row of \(name)"
                }
                guard rows.count == 1 else {
                    return "\(picture.path): doubled: several files have a row of \(name)"
                }
                guard let taker = takers.updateValue(picture.path, forKey: row) else { return nil }
                return "\(picture.path): doubled: the row of \(name) is that of \(taker) already"
            }
        }
        guard faults.isEmpty else { throw .logits(faults) }
    }

    /// The logits of a picture.
    ///
    /// - Throws: ``DataError/logits(_:)``, `DataError`.
    func logits(of picture: ListedPicture) throws -> [Float] {
        try tables.withLock { tables in
            for table in tables.all {
                if let index = table.index(of: ByteName(picture.name)) {
                    return try table.row(index)
                }
            }
            throw DataError.logits(["\(picture.path): missing: there is no row"])
        }
    }
}
