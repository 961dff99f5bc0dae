internal import Checkpoint
internal import Foundation

/// Labelled pictures on disk that a training goes through again and again: record files, or a folder for each class.
public struct TrainingData: Sendable {
    enum Content: Sendable {
        case records([String])
        case files([(path: String, label: Int)], classes: [String])
    }

    /// The folder.
    public let folder: String
    let content: Content
    private let labelOffset: Int

    /// Finds the pictures of a folder.
    ///
    /// - Parameters:
    ///   - folder: The path.
    ///   - pattern: Which files hold records, as a shell pattern.
    ///   - subfolders: Where class folders lie: the first of these that is there, or else the folder itself.
    ///   - mustHaveSubfolder: Whether the folder itself is no place for class folders.
    ///   - classes: The names of the class folders in order; nil for the order of the names.
    ///   - labelOffset: The label of the first class folder; added to the labels of records.
    /// - Throws: ``DataError/noData(folder:pattern:)``, ``DataError``.
    public init(
        folder: String,
        pattern: String,
        subfolders: [String],
        mustHaveSubfolder: Bool = false,
        classes: [String]? = nil,
        labelOffset: Int = 0
    ) throws {
        self.folder = folder
        self.labelOffset = labelOffset
        content = try Self.content(
            folder,
            pattern,
            subfolders,
            mustHaveSubfolder,
            classes,
            labelOffset
        )
    }

    private static func content(
        _ folder: String,
        _ pattern: String,
        _ subfolders: [String],
        _ mustHaveSubfolder: Bool,
        _ classes: [String]?,
        _ labelOffset: Int
    ) throws -> Content {
        let files = PictureRecords.files(in: folder, matching: pattern)
        if !files.isEmpty { return .records(files) }
        let inner = subfolders.map { "\(folder)/\($0)" }
            .first { FileManager.default.fileExists(atPath: $0) }
        if inner == nil, mustHaveSubfolder {
            throw DataError.noData(folder: folder, pattern: pattern)
        }
        let pictures: PictureFiles
        do throws(DataError) {
            pictures = try PictureFiles(
                classFolders: inner ?? folder,
                classes: classes,
                labelOffset: labelOffset
            )
        } catch {
            guard case .noClassFolders = error else { throw error }
            throw DataError.noData(folder: folder, pattern: pattern)
        }
        return .files(
            pictures.files.compactMap { path, label in label.map { (path, $0) } },
            classes: pictures.classes ?? []
        )
    }

    /// How many pictures there are; of record files only the lengths of the records are read.
    ///
    /// - Throws: `CheckpointError`.
    public func count() throws -> Int {
        switch content {
        case .files(let files, _): return files.count
        case .records(let paths):
            var count = 0
            for path in paths {
                let reader = try RecordReader(path: path)
                if reader.compression == .none {
                    while try reader.skip() != nil { count += 1 }
                } else {
                    while try reader.next() != nil { count += 1 }
                }
            }
            return count
        }
    }

    /// Takes records apart; with the logits of a teacher for so many classes, if there is one.
    package func reader(of paths: [String] = [], teacherClasses: Int? = nil) -> PictureRecords {
        PictureRecords(files: paths, labelOffset: labelOffset, teacherClasses: teacherClasses)
    }

    /// The pictures once, in the order of the files.
    public var inOrder: any PictureSource {
        switch content {
        case .records(let paths): reader(of: paths)
        case .files(let files, _): PictureFiles(labelled: files)
        }
    }

    /// The classes that class folders have, those below their offset included; nil for records, which do not tell.
    public var classCount: Int? {
        classNames.map { labelOffset + $0.count }
    }

    /// The names of the class folders, in the order of their labels; nil for records.
    public var classNames: [String]? {
        guard case .files(_, let classes) = content else { return nil }
        return classes
    }

    /// A few words about what is there.
    public var summary: String {
        switch content {
        case .records(let files): "\(files.count) record files in \(folder)"
        case .files(let files, _):
            "\(files.count) pictures in \(Set(files.map(\.label)).count) class folders in \(folder)"
        }
    }
}
