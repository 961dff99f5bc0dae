public import Proto

/// What can be wrong with data: folders of pictures, records and data sets, and a teacher's logits.
public enum DataError: Error, Equatable, Sendable {
    // Folders and records that are read:

    /// A folder cannot be listed.
    case unreadableFolder(String)
    /// There are no folders in a folder that should hold one for each class.
    case noClassFolders(String)
    /// Folders that are called like no class.
    case unknownClasses(String, [String])
    /// Neither record files of this pattern nor folders of pictures are there.
    case noData(folder: String, pattern: String)
    /// The data hold no picture at all.
    case emptyData(String)
    /// A picture's label is no class of the model.
    case label(origin: String, label: Int, classes: Int)

    // A data set that is to become records, or records that are to become pictures:

    /// A file or folder that the layout needs cannot be read.
    case unreadable(path: String)
    /// A line of a text file is not what it should be.
    case malformedLine(path: String, line: Int, expected: String)
    /// A `.mat` file does not hold what the layout needs.
    case missingInMAT(path: String, expected: String)
    /// There are no pictures.
    case noPictures(path: String)
    /// Files are there already, and are not to be replaced.
    case exists([String])
    /// Pictures that cannot be decoded: each with the reason.
    case corrupt([String])
    /// Pictures without a box to be cut to.
    case noBoxes([String])
    /// Logits that are missing, doubled or misshapen.
    case logits([String])
    /// Something cannot be written.
    case unwritable(path: String, reason: String)

    // A teacher's logits:

    /// A record has no logits in any form.
    case noLogits
    /// A feature of a record, or a row of a file, has another number of values than there are classes.
    case wrongCount(feature: String, expected: Int, found: Int)
    /// A feature holds something else than it should.
    case wrongKind(feature: String, expected: String)
    /// A class that the student does not have.
    case wrongClass(feature: String, class: Int64, classes: Int)
    /// A class that is listed twice.
    case doubledClass(feature: String, class: Int)
    /// A logit is infinite or not a number.
    case notFinite(feature: String, class: Int)
    /// A logit is beyond what float16 can hold.
    case beyondHalf(class: Int, value: Float)
    /// A record is no Example.
    case proto(ProtoError)
    /// A file of logits has no rows.
    case noRows(path: String)
    /// Rows that are missing, doubled or misshapen, a sentence each, and how many more there are.
    case rows([String], more: Int)
    /// The temporary file of the logits cannot be made, written or read.
    case temporaryFile(String)

    // Pictures that are to be corrupted:

    /// Photographs of frost that are missing or damaged, a sentence each.
    case noFrost(folder: String, [String])
    /// Pictures of formats that are not written.
    case needsLossless([String])
    /// Pictures of a class whose files would have the name of another's.
    case sameFileName([String])
    /// Folders with corrupted pictures of other settings, a sentence each.
    case otherCorruptions([String])
}

extension DataError: CustomStringConvertible {
    /// A sentence that a user can act on, or a line for each thing that is wrong.
    public var description: String {
        switch self {
        case .unreadableFolder(let folder): "\(folder): the folder cannot be read"
        case .noClassFolders(let folder):
            "\(folder): holds neither record files nor folders of pictures"
        case .unknownClasses(let folder, let names):
            "\(folder): folders that are called like no known class: "
                + names.prefix(10).joined(separator: ", ")
                + (names.count > 10 ? " and \(names.count - 10) others" : "")
        case .noData(let folder, let pattern):
            "\(folder): no file matches '\(pattern)', and there are no folders of pictures"
        case .emptyData(let folder): "\(folder): there is no picture in it"
        case .label(let origin, let label, let classes):
            "\(origin): label \(label) is outside the model's \(classes) classes (0...\(classes - 1))"
        case .unreadable(let path): "\(path): cannot be read"
        case .malformedLine(let path, let line, let expected):
            "\(path): line \(line): expected \(expected)"
        case .missingInMAT(let path, let expected): "\(path): expected \(expected)"
        case .noPictures(let path): "\(path): there are no pictures"
        case .exists(let paths):
            (["these files exist; --force replaces them:"] + Self.shortened(paths))
                .joined(separator: "\n")
        case .corrupt(let pictures):
            ([
                "\(pictures.count) pictures cannot be decoded; --skip-corrupt \(pictures.count) "
                    + "leaves them out:"
            ] + Self.shortened(pictures)).joined(separator: "\n")
        case .noBoxes(let paths):
            (["these pictures have no box to be cut to:"] + Self.shortened(paths))
                .joined(separator: "\n")
        case .logits(let faults):
            (["the logits do not fit the pictures:"] + Self.shortened(faults))
                .joined(separator: "\n")
        case .unwritable(let path, let reason): "\(path): cannot be written: \(reason)"
        case .noLogits:
            "there is no \(TeacherLogits.full), and none of its shorter forms"
        case .wrongCount(let feature, let expected, let found):
            "expected \(expected) numbers in \(feature), found \(found)"
        case .wrongKind(let feature, let expected): "expected \(expected) in \(feature)"
        case .wrongClass(let feature, let number, let classes):
            "\(feature) names class \(number), but there are \(classes) (0...\(classes - 1))"
        case .doubledClass(let feature, let number): "\(feature) names class \(number) twice"
        case .notFinite(let feature, let number):
            "the logit of class \(number) in \(feature) is no finite number"
        case .beyondHalf(let number, let value):
            "the logit of class \(number) is \(value), which float16 cannot hold"
        case .proto(let error): "\(error)"
        case .noRows(let path): "\(path): there are no logits in it"
        case .rows(let lines, let more):
            (lines + (more > 0 ? ["and \(more) more"] : [])).joined(separator: "\n")
        case .temporaryFile(let reason): "the temporary file of the logits: \(reason)"
        case .noFrost(let folder, let faults):
            (["\(folder): photographs of frost are missing:"] + Self.shortened(faults))
                .joined(separator: "\n")
        case .needsLossless(let paths):
            (["these pictures have endings of formats that are not written; --lossless makes PNGs:"]
                + Self.shortened(paths)).joined(separator: "\n")
        case .sameFileName(let paths):
            (["these pictures would have the file names of others of their class:"]
                + Self.shortened(paths)).joined(separator: "\n")
        case .otherCorruptions(let lines):
            ([
                "these folders hold pictures that were made otherwise; give another --output-dir, "
                    + "or remove them:"
            ] + Self.shortened(lines)).joined(separator: "\n")
        }
    }

    private static func shortened(_ lines: [String]) -> [String] {
        lines.prefix(100).map { "  \($0)" }
            + (lines.count > 100 ? ["  … and \(lines.count - 100) others"] : [])
    }
}
