import Checkpoint
import Data
import Engine
import Networks
import ToolSupport

/// Where the command line says that logits come from.
enum LogitOrigin {
    /// Networks.
    case teachers([Teacher])
    /// A file or a folder of files that has them, and what is to be recorded of it.
    case table(LogitTable, JSONValue)

    /// Opens what was named, the one thing of four.
    ///
    /// - Throws: ``ToolError``.
    init(_ options: ParsedOptions, _ diagnostics: Diagnostics) throws {
        let given = [
            options.isGiven(DistillOptions.teacher), options.isGiven(DistillOptions.csv),
            options.isGiven(DistillOptions.npy), options.isGiven(DistillOptions.records),
        ]
        guard given.filter({ $0 }).count == 1 else {
            throw ToolError(
                .usage,
                "give one of --teacher, --from-csv, --from-npy and --from-records"
            )
        }
        guard given[0] else {
            let classes = options[DistillOptions.classCount].map {
                max(1, $0 - options[DistillOptions.offset])
            }
            self = try ToolError.about(nil) {
                try Self.table(options, diagnostics, classes: classes)
            }
            return
        }
        let teachers = try Teacher.all(options, diagnostics)
        guard
            teachers.count > 1 || options[DistillOptions.flipAverage]
                || !options.isGiven(DistillOptions.average)
        else {
            throw ToolError(.usage, "--average is for several teachers, and there is one")
        }
        self = .teachers(teachers)
    }

    private static func table(
        _ options: ParsedOptions,
        _ diagnostics: Diagnostics,
        classes: Int?
    ) throws -> LogitOrigin {
        let paths = try PictureLogits.files(at: options[DistillOptions.csv])
        if let path = paths.first {
            let table = try LogitTable(csv: paths, classes: classes)
            return .table(table, try description("csv", path, paths))
        }
        if let path = options[DistillOptions.npy] {
            let table = try LogitTable(npy: path, classes: classes)
            return .table(table, try description("npy", path, [path]))
        }
        let folder = options[DistillOptions.records] ?? ""
        let set = try RecordFolder.set(in: folder, options)
        diagnostics.tell((set.faults + set.doubts).map { .warning("\(folder): \($0)") })
        let table = try LogitTable(
            records: set.files,
            classes: classes,
            keys: RecordOptions.keys(options)
        )
        return .table(table, try description("records", folder, set.files))
    }

    private static func description(
        _ kind: String,
        _ path: String,
        _ files: [String]
    ) throws -> JSONValue {
        var digest = SHA256()
        for file in files { try digest.update(MappedFile(path: file)) }
        return .object([
            .init("kind", .text(kind)),
            .init("name", .text(path.split(separator: "/").last.map(String.init) ?? "")),
            .init("sha256", .text(SHA256.hex(digest.finish()))),
        ])
    }

    /// Logits of one record.
    var classes: Int {
        switch self {
        case .teachers(let teachers): teachers[0].classes
        case .table(let table, _): table.classes
        }
    }

    /// Compares what the teachers' classes are called with the names beside records.
    ///
    /// - Throws: ``ToolError``.
    func remarks(onRecordsIn folder: String, offset: Int) throws -> [DataRemark] {
        guard case .teachers(let teachers) = self else { return [] }
        return try ToolError.about(nil) {
            guard let names = try ClassNames.found(in: folder) else { return [] }
            return try teachers.compactMap { teacher in
                guard let own = try teacher.network.classNames() else { return nil }
                let first = teacher.firstLabel(of: own)
                return own.disagreement(offset: first + offset, with: names, offsets: 0...1).map {
                    .warning("labels do not mean the same: \($0)")
                }
            }
        }
    }

    /// What the logits depend on.
    ///
    /// - Throws: ``ToolError``.
    func settings(_ options: ParsedOptions) throws -> [JSONValue.Member] {
        switch self {
        case .teachers(let teachers):
            [
                .init("teachers", .array(try teachers.map { try $0.json() })),
                .init("flip_average", .bool(options[DistillOptions.flipAverage])),
                .init("math", .text(options[EngineOptions.math].rawValue)),
            ]
                + (teachers.count > 1 || options.isGiven(DistillOptions.average)
                    ? [.init("average", .text(options[DistillOptions.average].rawValue))] : [])
        case .table(_, let description): [.init("logits_from", description)]
        }
    }

    /// The logits of records; of a table every row is looked for first.
    ///
    /// - Throws: ``ToolError``, `EngineError`, `DataError`.
    func source(
        all: [Shard],
        shards: [Shard],
        _ options: ParsedOptions,
        _ diagnostics: Diagnostics
    ) throws -> any LogitSource {
        let batch = options[DistillOptions.batchSize]
        switch self {
        case .teachers(let teachers):
            let networks = TeacherNetworks(
                try teachers.map { try $0.member(batch: batch, options) },
                averagesMirrorImage: options[DistillOptions.flipAverage],
                average: options[DistillOptions.average]
            )
            for teacher in teachers { try teacher.describe(diagnostics) }
            if teachers.count > 1 {
                diagnostics.note(
                    "\(teachers.count) teachers: the mean of their \(options[DistillOptions.average].rawValue)"
                )
            }
            return networks
        case .table(let table, _):
            return try ToolError.about(nil) {
                let stored = try StoredLogits(
                    table,
                    all: all,
                    shards: shards,
                    batch: batch,
                    keys: RecordOptions.keys(options)
                )
                if stored.unusedRowCount > 0 {
                    diagnostics.note(
                        "\(stored.unusedRowCount) rows of logits belong to no record and are left out"
                    )
                }
                return stored
            }
        }
    }
}
