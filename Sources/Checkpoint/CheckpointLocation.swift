internal import Foundation

/// What a path that a user gives means: the one place that decides it.
///
/// A checkpoint may be named by its prefix, by its `.index`, `.data-…` or `.meta` file, by its folder (through the file
/// `checkpoint` in it, or `best_checkpoints`, or because it is the only one there), by those files, or by a SavedModel's
/// folder.
public struct CheckpointLocation: Equatable, Sendable {
    /// How the checkpoint is stored.
    public enum Format: Equatable, Sendable {
        /// An index and data files.
        case bundle
        /// One table that holds the tensors as well.
        case legacy
    }

    /// The path without ending.
    public let prefix: String
    /// How it is stored.
    public let format: Format
    /// What was understood other than to the letter, a sentence each.
    public let notes: [String]

    /// Finds the checkpoint that a path means.
    ///
    /// - Throws: ``CheckpointError``.
    public init(_ path: String) throws(CheckpointError) {
        guard !path.isEmpty else { throw .noCheckpoint(path: path, reason: "the path is empty") }
        let trimmed = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        switch Kind(trimmed) {
        case .folder: self = try Self.inFolder(trimmed)
        case .file: self = try Self.atFile(trimmed)
        case .nothing:
            guard let found = Self.atPrefix(trimmed) else {
                throw .noCheckpoint(path: path, reason: Self.absence(of: trimmed))
            }
            self = found
        case .other:
            throw .noCheckpoint(path: path, reason: "it is neither a file nor a directory")
        }
    }

    private init(prefix: String, format: Format, notes: [String] = []) {
        self.prefix = prefix
        self.format = format
        self.notes = notes
    }

    private enum Kind {
        case nothing, file, folder, other

        init(_ path: String) {
            let attributes = try? FileManager.default.attributesOfItem(
                atPath: URL(filePath: path).resolvingSymlinksInPath().path(percentEncoded: false)
            )
            switch attributes?[.type] as? FileAttributeType {
            case .typeRegular?: self = .file
            case .typeDirectory?: self = .folder
            case nil: self = .nothing
            default: self = .other
            }
        }
    }

    private static func isFile(_ path: String) -> Bool { Kind(path) == .file }

    /// The checkpoint of which `path` is the prefix.
    private static func atPrefix(_ path: String, notes: [String] = []) -> CheckpointLocation? {
        if isFile(path + ".index") {
            return CheckpointLocation(prefix: path, format: .bundle, notes: notes)
        }
        guard let legacy = LegacyFiles.group(path) else { return nil }
        return legacy.paths.allSatisfy(isTable)
            ? CheckpointLocation(prefix: legacy.name, format: .legacy, notes: notes) : nil
    }

    private static func atFile(_ path: String) throws(CheckpointError) -> CheckpointLocation {
        if let prefix = prefix(ofPart: path) {
            guard isFile(prefix + ".index") else {
                throw .noCheckpoint(path: path, reason: "\(prefix).index is missing beside it")
            }
            return CheckpointLocation(prefix: prefix, format: .bundle)
        }
        if let found = atPrefix(path) { return found }
        if path.split(separator: "/").last == "checkpoint" { return try fromState(path) }
        if path.split(separator: "/").last == "best_checkpoints", let best = fromBest(path) {
            return best
        }
        throw .noCheckpoint(path: path, reason: try content(of: path))
    }

    /// The prefix of a file that belongs to a checkpoint by its name.
    static func prefix(ofPart path: String) -> String? {
        for ending in [".index", ".meta"] where path.hasSuffix(ending) {
            return String(path.dropLast(ending.count))
        }
        guard let range = path.range(of: ".data-", options: .backwards) else { return nil }
        let numbers = path[range.upperBound...].split(
            separator: "-of-",
            omittingEmptySubsequences: false
        )
        let areNumbers =
            numbers.count == 2
            && numbers.allSatisfy { part in
                part.utf8.count >= 5 && part.utf8.allSatisfy { (48...57).contains($0) }
            }
        return areNumbers ? String(path[..<range.lowerBound]) : nil
    }

    private static func inFolder(_ folder: String) throws(CheckpointError) -> CheckpointLocation {
        if isFile("\(folder)/checkpoint") { return try fromState("\(folder)/checkpoint") }
        if let best = fromBest("\(folder)/best_checkpoints") { return best }
        for prefix in ["\(folder)/variables/variables", "\(folder)/variables"]
        where isFile(prefix + ".index") {
            return CheckpointLocation(prefix: prefix, format: .bundle)
        }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let indices = names.filter { $0.hasSuffix(".index") }.sorted()
        if let only = indices.first, indices.count == 1 {
            return CheckpointLocation(
                prefix: "\(folder)/\(only.dropLast(".index".count))",
                format: .bundle,
                notes: [
                    "\(folder) has no file 'checkpoint'; took the only checkpoint in it, \(only)"
                ]
            )
        }
        if !indices.isEmpty {
            throw .noCheckpoint(
                path: folder,
                reason: "the folder has no file 'checkpoint' and several checkpoints, name one of: "
                    + indices.prefix(10).map { String($0.dropLast(".index".count)) }
                    .joined(separator: ", ")
            )
        }
        let legacy = legacyFiles(names, in: folder)
        if let only = legacy.first, legacy.count == 1 {
            return CheckpointLocation(
                prefix: only,
                format: .legacy,
                notes: [
                    "\(folder) has no file 'checkpoint'; took the only checkpoint in it, \(only)"
                ]
            )
        }
        if !legacy.isEmpty {
            throw .noCheckpoint(
                path: folder,
                reason: "the folder has no file 'checkpoint' and several checkpoints, name one of: "
                    + legacy.prefix(10).joined(separator: ", ")
            )
        }
        let parts = names.filter { prefix(ofPart: $0) != nil }.sorted()
        if let part = parts.first, let prefix = prefix(ofPart: part) {
            throw .noCheckpoint(
                path: folder,
                reason: "\(part) is there, but \(prefix).index, which says what is in it, is not"
            )
        }
        throw .noCheckpoint(
            path: folder,
            reason: names.isEmpty
                ? "the folder is empty" : "the folder has no file 'checkpoint' and no .index file"
        )
    }

    /// The most files of a folder that are looked into for a V1 checkpoint.
    private static let legacyLimit = 1000

    /// The V1 checkpoints among the files of a folder.
    private static func legacyFiles(_ names: [String], in folder: String) -> [String] {
        var found: [String] = []
        for name in names.sorted().prefix(legacyLimit) {
            let path = "\(folder)/\(name)"
            guard isFile(path), prefix(ofPart: path) == nil, isTable(path),
                let group = LegacyFiles.group(path), !found.contains(group.name),
                (try? LegacyReader(path: group.name)) != nil
            else { continue }
            found.append(group.name)
        }
        return found
    }

    /// The best checkpoint of a list of names with their accuracies, which a training leaves.
    private static func fromBest(_ path: String) -> CheckpointLocation? {
        guard isFile(path), let data = FileManager.default.contents(atPath: path),
            let accuracies = try? JSONDecoder().decode([String: Double].self, from: data)
        else { return nil }
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
            .joined(separator: "/")
        // Of equals the later one; a name is a name, wherever the training ran.
        for (name, accuracy) in accuracies.sorted(by: {
            ($1.value, $1.key) < ($0.value, $0.key)
        }) {
            let last = CheckpointState.lastComponent(of: name)
            let place = path.contains("/") ? "\(folder)/\(last)" : last
            let note = "\(path): the best is \(last), with accuracy \(accuracy)"
            if let found = atPrefix(place, notes: [note]) { return found }
        }
        return nil
    }

    /// The latest checkpoint of a state file; one that has moved with its folder is found beside the file.
    private static func fromState(_ path: String) throws(CheckpointError) -> CheckpointLocation {
        let state = try CheckpointState(path: path)
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
            .joined(separator: "/")
        func joined(_ name: String) -> String {
            path.contains("/") ? "\(folder)/\(name)" : name
        }
        let stated = state.latest.hasPrefix("/") ? state.latest : joined(state.latest)
        if let found = atPrefix(stated) { return found }
        // The name may be empty, and the files then begin with a point.
        let name = CheckpointState.lastComponent(of: state.latest)
        let place = path.contains("/") ? joined(name) : name.isEmpty ? "./" : name
        let note = "\(path) names \(state.latest), which is not there; took \(place)"
        if let found = atPrefix(place, notes: [note]) { return found }
        // A name that ends in a slash, as some tools join them, or that of one of the files.
        let bare = Self.trimmed(state.latest)
        let trimmed = prefix(ofPart: bare) ?? bare
        if trimmed.utf8.count < state.latest.utf8.count, !trimmed.isEmpty {
            let stated = trimmed.hasPrefix("/") ? trimmed : joined(trimmed)
            if let found = atPrefix(stated) { return found }
            let place = joined(CheckpointState.lastComponent(of: trimmed))
            let note = "\(path) names \(state.latest), which is not there; took \(place)"
            if let found = atPrefix(place, notes: [note]) { return found }
        }
        throw .noCheckpoint(path: path, reason: "it names \(stated), which does not exist")
    }

    /// A path without the slashes and backslashes at its end.
    private static func trimmed(_ path: String) -> String {
        var bytes = Array(path.utf8)
        while let last = bytes.last, last == UInt8(ascii: "/") || last == UInt8(ascii: "\\") {
            bytes.removeLast()
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether a file ends as tables of tensors do.
    package static func isTable(_ path: String) -> Bool {
        guard let file = try? MappedFile(path: path) else { return false }
        return
            (try? file.withBytes { bytes throws(CheckpointError) in
                try TableFooter(bytes, path: path)
            }) != nil
    }

    /// What a file is that is no checkpoint.
    private static func content(of path: String) throws(CheckpointError) -> String {
        let file = try MappedFile(path: path)
        guard file.count > 0 else { return "the file is empty" }
        let start = try file.withBytes { bytes throws(CheckpointError) in
            bytes.array(0..<min(bytes.byteCount, 512))
        }
        let isText = start.allSatisfy { $0 >= 0x20 || (0x09...0x0D).contains($0) }
        return isText
            ? "it is a text file; give a checkpoint's prefix, its .index file or its folder"
            : "it is no table of tensors; give a checkpoint's prefix, its .index file or its folder"
    }

    /// Why there is nothing at a path.
    private static func absence(of path: String) -> String {
        let url = URL(filePath: path)
        let folder = url.deletingLastPathComponent().path(percentEncoded: false)
        guard Kind(folder) == .folder else { return "there is no such file or directory" }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let prefixes = names.filter { $0.hasSuffix(".index") }.sorted()
            .map { String($0.dropLast(".index".count)) }
        guard !prefixes.isEmpty else { return "there is no such file or directory" }
        return "there is no such file; in its folder are the checkpoints "
            + prefixes.prefix(10).joined(separator: ", ")
    }
}
