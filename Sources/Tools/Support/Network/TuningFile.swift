public import Engine
internal import Foundation

/// What was measured of algorithms on this machine, kept from run to run.
///
/// One file for each processor and version of oneDNN, in `$XDG_CACHE_HOME/reassemble` (`~/.cache/reassemble`).
public struct TuningFile {
    /// The measurements.
    public let table: AlgorithmTable
    private let path: String?
    private let before: [String: String]

    /// Reads what is known; a file that cannot be read counts as empty.
    ///
    /// - Parameter measures: Whether layers that are not known are measured.
    public init(measures: Bool) {
        let path = Self.path
        let data = path.flatMap { FileManager.default.contents(atPath: $0) }
        let known = data.flatMap { try? JSONDecoder().decode([String: String].self, from: $0) }
        self.path = path
        before = known ?? [:]
        table = AlgorithmTable(entries: before, measures: measures)
    }

    /// Writes down what is new.
    ///
    /// - Throws: ``ToolError``.
    public func save() throws {
        guard let path, table.entries != before else { return }
        let folder = (path as NSString).deletingLastPathComponent
        try ToolError.about(folder) {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true
            )
        }
        let members = table.entries.sorted { $0.key < $1.key }.map {
            JSONValue.Member($0.key, .text($0.value))
        }
        var file = try ResultFile(path, replacing: true)
        try file.write(JSONValue.object(members).indentedText)
        try file.finish()
    }

    private static var path: String? {
        let environment = ProcessInfo.processInfo.environment
        let folder =
            environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
            ?? environment["HOME"].map { "\($0)/.cache" }
        return folder.map { "\($0)/reassemble/algorithms-\(AlgorithmTable.machine).json" }
    }
}
