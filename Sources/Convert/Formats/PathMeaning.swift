internal import Checkpoint
internal import Foundation

/// What a folder that somebody names stands for, where it is no checkpoint: the file or folder in it that is meant.
///
///     a folder of Hugging Face        model.safetensors, or model.safetensors.index.json with the files that it lists
///     a base folder of SavedModels    the highest version, however deep the published exporter put it
///     a folder of events or records   all of its files
struct PathMeaning {
    /// The paths that are meant, in order; one, but for records and events.
    let paths: [String]
    /// What was understood, in a sentence; nil where there was nothing to understand.
    let note: String?

    /// The most files of a folder that are looked into.
    private static let fileLimit = 10_000
    /// How deep models lie below the folder that the published exporter is given.
    private static let deepestModel = 3

    /// Looks into a folder; nil where nothing of this kind is there.
    init?(folder: String) {
        if let model = Self.safeTensors(folder) {
            let others = Self.otherSafeTensors(folder, than: model)
            self.init(
                [model],
                "\(folder): took \(model)"
                    + (others.isEmpty
                        ? "" : "; others are " + others.prefix(5).joined(separator: ", "))
            )
        } else if let model = Self.savedModel(folder) {
            self.init([model.path], model.note)
        } else if let files = Self.records(folder) {
            self.init(files, nil)
        } else {
            return nil
        }
    }

    private init(_ paths: [String], _ note: String?) {
        self.paths = paths
        self.note = note
    }

    private static func names(_ folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
            && isFolder.boolValue
    }

    /// The safetensors file of a folder, or the index of several.
    private static func safeTensors(_ folder: String) -> String? {
        let names = names(folder)
        let indices = names.filter { $0.hasSuffix(SafeTensorsShards.ending) }
        if indices.count == 1, let index = indices.first { return "\(folder)/\(index)" }
        let files = names.filter { $0.hasSuffix(".safetensors") }
        if files.contains("model.safetensors") { return "\(folder)/model.safetensors" }
        return files.count == 1 ? files.first.map { "\(folder)/\($0)" } : nil
    }

    /// The safetensors files beside the one that is meant; none beside an index, which lists them.
    private static func otherSafeTensors(_ folder: String, than model: String) -> [String] {
        guard model.hasSuffix(".safetensors") else { return [] }
        return names(folder).filter { $0.hasSuffix(".safetensors") }.map { "\(folder)/\($0)" }
            .filter { $0 != model }
    }

    /// The newest SavedModel below a folder.
    private static func savedModel(_ folder: String) -> (path: String, note: String)? {
        var found: [String] = []
        var level = [folder]
        for _ in 0..<deepestModel where found.isEmpty {
            var next: [String] = []
            for place in level.prefix(fileLimit) {
                for name in names(place) where isFolder("\(place)/\(name)") {
                    let path = "\(place)/\(name)"
                    next.append(path)
                    if FileManager.default.fileExists(atPath: "\(path)/saved_model.pb") {
                        found.append(path)
                    }
                }
            }
            level = next
        }
        func version(_ path: String) -> Int {
            path.split(separator: "/").last.flatMap { Int($0) } ?? -1
        }
        // Of the exporter's two models the first.
        let parents = found.map { String($0[..<($0.lastIndex(of: "/") ?? $0.endIndex)]) }
        guard let parent = parents.first,
            let best = zip(found, parents).filter({ $0.1 == parent }).map(\.0)
                .max(by: { version($0) < version($1) })
        else { return nil }
        let others = found.filter { $0 != best }
        return (
            best,
            "\(folder): took the SavedModel \(best)"
                + (others.isEmpty
                    ? ""
                    : "; others are " + others.prefix(5).joined(separator: ", ")
                        + (others.count > 5 ? " and \(others.count - 5) more" : ""))
        )
    }

    /// The files of records or events in a folder, or in the folders in it, where there are no others that count.
    private static func records(_ folder: String) -> [String]? {
        let direct = recordFiles(folder)
        if !direct.isEmpty { return direct }
        let below = names(folder).map { "\(folder)/\($0)" }.filter(isFolder).flatMap(recordFiles)
        return below.isEmpty ? nil : below
    }

    private static func recordFiles(_ folder: String) -> [String] {
        names(folder).prefix(fileLimit).map { "\(folder)/\($0)" }.filter { path in
            guard !isFolder(path), let file = try? MappedFile(path: path), file.count > 0,
                let reader = try? RecordReader(path: path)
            else { return false }
            return ((try? reader.next()) ?? nil) != nil
        }
    }
}
