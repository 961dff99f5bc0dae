internal import Checkpoint
internal import Foundation

/// Labelled pictures on disk that a training goes through again and again: record files, or a folder for each class.
public struct TrainingData: Sendable {
    enum Content: Sendable {
        case records([String])
        case files(ClassFolders, [(path: String, label: Int)])
    }

    /// The folder.
    public let folder: String
    /// What is incomplete or there twice of a set of record files.
    public let faults: [String]
    private let doubts: [String]
    let content: Content
    private let labelOffset: Int
    private let keys: ExampleKeys

    /// Finds the pictures of a folder.
    ///
    /// - Parameters:
    ///   - folder: The path.
    ///   - pattern: Which files hold records, as a shell pattern.
    ///   - subfolders: Where class folders lie: the first of these that is there, or else the folder itself.
    ///   - mustHaveSubfolder: Whether the folder itself is no place for class folders.
    ///   - classes: The names of the classes in order; nil for the order of the folders.
    ///   - labelOffset: The label of the first class folder; added to the labels of records.
    ///   - keys: Where records keep picture and label.
    /// - Throws: ``DataError/noData(folder:pattern:hint:)``, ``DataError``.
    public init(
        folder: String,
        pattern: String,
        subfolders: [String],
        mustHaveSubfolder: Bool = false,
        classes: ClassNames? = nil,
        labelOffset: Int = 0,
        keys: ExampleKeys = ExampleKeys()
    ) throws {
        self.folder = folder
        self.labelOffset = labelOffset
        self.keys = keys
        let set = try RecordSet(folder: folder, patterns: [pattern])
        faults = set.faults
        doubts = set.doubts
        guard set.files.isEmpty else {
            content = .records(set.files)
            return
        }
        let inner = subfolders.map { "\(folder)/\($0)" }
            .first { FileManager.default.fileExists(atPath: $0) }
        func noData(_ hint: String) -> DataError {
            .noData(folder: folder, pattern: pattern, hint: hint)
        }
        if inner == nil, mustHaveSubfolder { throw noData("") }
        do throws(DataError) {
            let found = try ClassFolders(
                inner ?? folder,
                names: classes,
                labelOffset: labelOffset
            )
            content = .files(found, found.files)
        } catch {
            switch error {
            case .noClassFolders where inner == nil, .picturesElsewhere where inner == nil:
                throw noData(NearbyData.hint(in: folder))
            default: throw error
            }
        }
    }

    /// How many pictures there are; of record files only the lengths of the records are read.
    ///
    /// - Throws: `CheckpointError`.
    public func count() throws -> Int {
        switch content {
        case .files(_, let files): return files.count
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
        PictureRecords(
            files: paths,
            labelOffset: labelOffset,
            teacherClasses: teacherClasses,
            keys: keys
        )
    }

    /// The pictures once, in the order of the files.
    public var inOrder: any PictureSource {
        switch content {
        case .records(let paths): reader(of: paths)
        case .files(_, let files): PictureFiles(labelled: files)
        }
    }

    /// Compares labels with the classes of a model as far as that is cheap: of class folders all, of records a few.
    ///
    /// - Returns: what is likely wrong.
    /// - Throws: ``DataError/label(origin:label:classes:)``, ``CorruptPicture``, ``DataError``, `CheckpointError`.
    public func checkLabels(classes: Int) throws -> [DataRemark] {
        switch content {
        case .files(let folders, _): return try folders.check(modelClasses: classes)
        case .records(let paths):
            try reader(of: paths).checkSomeLabels(classes: classes)
            return []
        }
    }

    /// Whether the pictures are in record files; else they are in class folders.
    public var isRecords: Bool {
        if case .records = content { true } else { false }
    }

    /// The classes that class folders have, those below their offset included; nil for records, which do not tell.
    public var classCount: Int? {
        classNames.map { labelOffset + $0.names.count }
    }

    /// The names of the classes in the order of their labels; nil for records.
    public var classNames: ClassNames? {
        guard case .files(let folders, _) = content else { return nil }
        return ClassNames(folders.names, path: folders.folder)
    }

    /// What was left out, and what was taken for granted.
    public var remarks: [DataRemark] {
        guard case .files(let folders, _) = content else {
            return doubts.map { .warning("\(folder): \($0)") }
        }
        return folders.remarks
    }

    /// A few words about what is there.
    public var summary: String {
        switch content {
        case .records(let files): "\(files.count) record files in \(folder)"
        case .files(_, let files):
            "\(files.count) pictures in \(Set(files.map(\.label)).count) class folders in \(folder)"
        }
    }
}
