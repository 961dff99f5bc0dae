public import Base
internal import Checkpoint

/// Folders of corrupted pictures, as the published generator writes them and as ImageNet-C is unpacked.
///
///     <folder>/[<group>/]<corruption>/<severity>/<class>/<picture>
///     <folder>/[<group>/]<corruption>/<severity>/<record file>
///
/// A group is a folder of any name, such as `noise`, `blur`, `weather`, `digital` or `extra`. Every file in a class folder is
/// taken for a picture, as published, but for those whose names begin with a dot.
public struct CorruptedFolders: Sendable {
    /// The pictures of one corruption and severity.
    struct Part: Sendable {
        let corruption: Corruption
        let severity: Int
        let folder: BytePath
        /// The record files that it consists of; none where it consists of class folders.
        let records: [String]
        /// How many pictures are in class folders.
        let count: Int

        var kind: MeasuredPart { .corrupted(corruption, severity: severity) }
    }

    /// The folder, as it was named.
    public let folder: String
    /// The names of all class folders in any part, in the order of their labels where nothing else names them.
    public private(set) var classNames: [String] = []
    /// How many pictures are in class folders; those in records are not counted.
    public private(set) var count = 0
    /// What tells these pictures from others: SHA-256 of the names of all files, and of the sizes of record files.
    public private(set) var fingerprint = ""
    /// What was left out.
    public private(set) var remarks: [DataRemark] = []
    private(set) var parts: [Part] = []

    /// Whether no part consists of class folders.
    public var isAllRecords: Bool { parts.allSatisfy { !$0.records.isEmpty } }
    /// Whether the number of pictures is known.
    public var isCounted: Bool { parts.allSatisfy { $0.records.isEmpty } }

    /// Looks through folders.
    ///
    /// - Parameters:
    ///   - folder: The folder of the corruptions, or of groups of them.
    ///   - pattern: Which files are records, as a shell pattern.
    ///   - only: The corruptions that are wanted.
    ///   - severities: The severities that are wanted.
    /// - Throws: ``DataError``.
    public init(
        _ folder: String,
        records pattern: String,
        only: [Corruption] = Corruption.allCases,
        severities: [Int] = Array(Corruption.severities)
    ) throws(DataError) {
        self.folder = folder
        let places = try findCorruptions()
        let shell = ShellPattern(pattern)
        var names = Set<ByteName>()
        var fingerprint = Fingerprint()
        for corruption in Corruption.allCases where only.contains(corruption) {
            guard let place = places[corruption] else { continue }
            let entries = try Self.entries(of: place)
            let severityFolders = entries.filter { entry in
                entry.isFolder && severities.contains { entry.name == ByteName("\($0)") }
            }
            let others = entries.filter { entry in
                entry.isFolder
                    && !Corruption.severities.contains { entry.name == ByteName("\($0)") }
            }
            if !others.isEmpty {
                let list = others.map(\.name.description).shortList()
                remarks.append(.note("\(place): left out, as they are no severities: \(list)"))
            }
            for severity in severities {
                let name = ByteName("\(severity)")
                guard severityFolders.contains(where: { $0.name == name }) else { continue }
                let part = try look(
                    corruption,
                    severity,
                    place.appending(name),
                    shell,
                    &names,
                    &fingerprint
                )
                guard let part else { continue }
                parts.append(part)
                count += part.count
            }
        }
        guard !parts.isEmpty else { throw .noCorruptions(folder) }
        self.fingerprint = fingerprint.text
        let unusable = names.filter { $0.text == nil }.map(\.description).sorted()
        guard unusable.isEmpty else { throw .notText(folder, unusable) }
        classNames = ClassFolders.inOrder(names)
    }

    /// Where the corruptions lie.
    private mutating func findCorruptions() throws(DataError) -> [Corruption: BytePath] {
        var places: [Corruption: BytePath] = [:]
        var others: [ByteName] = []
        let root = BytePath(folder)
        func take(_ name: ByteName, in place: BytePath) throws(DataError) -> Bool {
            guard let corruption = name.text.flatMap(Corruption.init(rawValue:)) else {
                return false
            }
            let path = place.appending(name)
            if let other = places[corruption] {
                throw .doubledCorruption("\(other)", "\(path)")
            }
            places[corruption] = path
            return true
        }
        for entry in try Self.entries(of: root) where entry.isFolder {
            if try take(entry.name, in: root) { continue }
            let group = root.appending(entry.name)
            var isGroup = false
            for inner in try Self.entries(of: group) where inner.isFolder {
                if try take(inner.name, in: group) { isGroup = true }
            }
            if !isGroup { others.append(entry.name) }
        }
        if !others.isEmpty, !places.isEmpty {
            let list = others.map(\.description).shortList()
            remarks.append(.note("\(folder): left out, as they are no corruptions: \(list)"))
        }
        return places
    }

    /// What lies in the folder of a severity; nil where there are no pictures.
    private mutating func look(
        _ corruption: Corruption,
        _ severity: Int,
        _ folder: BytePath,
        _ shell: ShellPattern,
        _ names: inout Set<ByteName>,
        _ fingerprint: inout Fingerprint
    ) throws(DataError) -> Part? {
        let entries = try Self.entries(of: folder)
        fingerprint.add("\(corruption.rawValue)/\(severity)")
        let records = entries.filter { !$0.isFolder && shell.matches($0.name) }
        guard records.isEmpty else {
            var paths: [String] = []
            for record in records {
                guard let name = record.name.text else {
                    throw .notText("\(folder)", [record.name.description])
                }
                let path = "\(folder)/\(name)"
                paths.append(path)
                fingerprint.add(recordFile: path)
            }
            return Part(
                corruption: corruption,
                severity: severity,
                folder: folder,
                records: paths,
                count: 0
            )
        }
        var count = 0
        for entry in entries where entry.isFolder {
            let files = try Self.files(in: folder.appending(entry.name))
            guard !files.isEmpty else { continue }
            names.insert(entry.name)
            count += files.count
            fingerprint.add(entry.name.bytes)
            for file in files { fingerprint.add(file.bytes) }
        }
        guard count > 0 else { return nil }
        return Part(
            corruption: corruption,
            severity: severity,
            folder: folder,
            records: [],
            count: count
        )
    }

    /// The names of the files in a class folder.
    static func files(in folder: BytePath) throws(DataError) -> [ByteName] {
        try entries(of: folder).filter { !$0.isFolder }.map(\.name)
    }

    /// What lies in a folder.
    static func entries(of folder: BytePath) throws(DataError) -> [BytePath.Entry] {
        do throws(CheckpointError) {
            return try folder.entries()
        } catch {
            guard case .unreadable(_, "No such file or directory") = error else {
                throw .unreadableFolder("\(folder)")
            }
            throw .missingFolder("\(folder)")
        }
    }
}
