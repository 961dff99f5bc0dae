internal import Checkpoint
public import Proto

/// What can be wrong with data: folders of pictures, records and data sets, and a teacher's logits.
public enum DataError: Error, Equatable, Sendable {
    // Folders and records that are read:

    /// A folder is not there.
    case missingFolder(String)
    /// A folder cannot be listed.
    case unreadableFolder(String)
    /// Names in a folder that are no UTF-8, as they can be shown.
    case notText(String, [String])
    /// There are no folders in a folder that should hold one for each class.
    case noClassFolders(String)
    /// Pictures do not lie in class folders in a folder, but in another one.
    case picturesElsewhere(String, seen: String)
    /// Folders that are called like no class of a file, whose first line is shown.
    case unknownClasses(String, [String], file: String, line: String)
    /// A folder that is called like several classes of a file.
    case severalClasses(String, String, file: String, lines: [Int])
    /// Folders that are all called like one class of a file.
    case sharedClass(String, [String], file: String, line: Int)
    /// The class of a folder that a network does not have.
    case outsideModel(folder: String, name: String, label: Int, classes: Int)
    /// Neither record files of this pattern nor folders of pictures are there; half a sentence says what is.
    case noData(folder: String, pattern: String, hint: String)
    /// A set of record files is incomplete, or holds files twice.
    case brokenSet(folder: String, faults: [String])
    /// The data hold no picture at all.
    case emptyData(String)
    /// A picture's label is no class of the model.
    case label(origin: String, label: Int, classes: Int)

    // A record of a labelled picture:

    /// It has no feature of this name, but others.
    case missingFeature(String, found: [String])
    /// A feature that must hold one value holds none or several.
    case notOne(feature: String, expected: String, found: Int)
    /// A feature holds values of another kind.
    case otherKind(feature: String, expected: String, found: String)
    /// A label is too far from zero to be a class.
    case noClass(feature: String, label: Int64)

    // A data set that is to become records, or records that are to become pictures:

    /// A file or folder that the layout needs cannot be read.
    case unreadable(path: String)
    /// A file or folder that was named, or that the layout needs, is not there.
    case missing(path: String)
    /// What a layout needs is not there.
    case notLikeLayout(path: String, layout: String, expected: String)
    /// Pictures that a list names and that are not there.
    case missingPictures([String], list: String)
    /// Pictures that lie where the layout does not say of which class they are.
    case unclassified(path: String, count: Int, remedy: String)
    /// Pictures, or labels of pictures, that are there and would not be used; why.
    case unused(path: String, reason: String)
    /// A file of annotations is not what it should be.
    case malformedAnnotation(path: String, expected: String)
    /// A file of classes' names is empty.
    case noNames(path: String)
    /// The name of a class cannot stand in a line of a file.
    case unwritableName(String)
    /// A line of a text file is not what it should be.
    case malformedLine(path: String, line: Int, expected: String)
    /// A `.mat` file does not hold what the layout needs.
    case missingInMAT(path: String, expected: String)
    /// There are no pictures.
    case noPictures(path: String, layout: String, expected: String)
    /// There are no records.
    case noRecords(path: String)
    /// Files are there already, and are not to be replaced.
    case exists([String])
    /// Pictures that cannot be decoded: each with the reason.
    case corrupt([String])
    /// Pictures without a box to be cut to.
    case noBoxes([String])
    /// Logits that are missing, doubled or misshapen.
    case logits([String])
    /// A pattern of checkpoints that none matches.
    case noCheckpoints(pattern: String)
    /// Reassessed labels of ImageNet's pictures that are none, or do not fit a picture.
    case reassessedLabels(path: String, reason: String)
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

    // Corrupted pictures that are to be measured on:

    /// There is no folder of a corruption.
    case noCorruptions(String)
    /// A corruption has two folders.
    case doubledCorruption(String, String)
    /// There is no folder of a perturbation.
    case noPerturbations(String)
    /// Videos that are no folders of frames.
    case films([String])
    /// A folder does not hold what it held when the work began.
    case changedFolder(String)
}

extension DataError: CustomStringConvertible {
    /// A sentence that a user can act on, or a line for each thing that is wrong.
    public var description: String {
        switch self {
        case .missingFolder(let folder): "\(folder): there is no such folder"
        case .notText(let folder, let names):
            "\(folder): names that are not UTF-8 cannot be used: "
                + names.prefix(10).joined(separator: ", ")
                + (names.count > 10 ? " and \(names.count - 10) others" : "") + "; rename them"
        case .unreadableFolder(let folder):
            "\(folder): this is no folder that can be read; give one"
        case .noClassFolders(let folder):
            "\(folder): holds neither record files nor folders of pictures"
        case .picturesElsewhere(let folder, let seen):
            "\(folder): \(NearbyData.expectation(seen: seen))"
        case .unknownClasses(let folder, let names, let file, let line):
            "\(folder): folders that are called like no known class: "
                + "\(names.shortList(10)); \(file) begins with '\(ByteName(line))'"
        case .severalClasses(let folder, let name, let file, let lines):
            "\(folder): the folder '\(ByteName(name))' may be any of several classes: lines "
                + "\(lines.map { "\($0)" }.joined(separator: ", ")) of \(file) have its name"
        case .sharedClass(let folder, let names, let file, let line):
            "\(folder): the folders \(names.shortList(10)) would all be the class of line \(line) of "
                + file
        case .outsideModel(let folder, let name, let label, let classes):
            "\(folder): the class folder '\(ByteName(name))' has label \(label), which is outside the "
                + "model's \(classes) classes (0...\(classes - 1))"
        case .noData(let folder, let pattern, let hint):
            "\(folder): no file matches '\(pattern)', and there are no folders of pictures\(hint)"
        case .brokenSet(let folder, let faults):
            faults.map { "\(folder): \($0); --force goes on nevertheless" }.joined(separator: "\n")
        case .missingFeature(let key, let found):
            found.isEmpty
                ? "there is no \(key); the record holds nothing at all"
                : "there is no \(key); the record holds \(found.sortedByBytes().shortList(8)): "
                    + "--image-key and --label-key say which are picture and label"
        case .notOne(let key, let expected, let found):
            "expected \(expected) in \(key), found \(found)"
        case .otherKind(let key, let expected, let found):
            "\(key) is \(found), expected \(expected)"
        case .noClass(let key, let label): "\(key) is \(label), which is no class"
        case .emptyData(let folder): "\(folder): there is no picture in it"
        case .label(let origin, let label, let classes):
            "\(origin): label \(label) is outside the model's \(classes) classes (0...\(classes - 1))"
        case .unreadable(let path): "\(path): cannot be read"
        case .missing(let path): "\(path): there is no such file"
        case .notLikeLayout(let path, let layout, let expected):
            "\(path): there is no such file or folder; the layout \(layout) expects \(expected)"
        case .missingPictures(let paths, let list):
            (["\(paths.count) pictures that \(list) names are not there:"] + Self.shortened(paths))
                .joined(separator: "\n")
        case .unclassified(let path, let count, let remedy):
            "\(path): holds \(count) pictures in no class's folder; \(remedy)"
        case .unused(let path, let reason): "\(path): would not be used: \(reason)"
        case .malformedAnnotation(let path, let expected): "\(path): expected \(expected)"
        case .noNames(let path): "\(path): there are no names of classes in it"
        case .unwritableName(let name):
            "the class '\(ByteName(name))' cannot be written as a line of \(ClassNames.fileName)"
        case .malformedLine(let path, let line, let expected):
            "\(path): line \(line): expected \(expected)"
        case .missingInMAT(let path, let expected): "\(path): expected \(expected)"
        case .noPictures(let path, let layout, let expected):
            "\(path): there are no pictures; the layout \(layout) expects \(expected)"
        case .noRecords(let path): "\(path): there are no records in it"
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
        case .noCheckpoints(let pattern): "\(pattern): no checkpoint has such a name"
        case .reassessedLabels(let path, let reason): "\(path): \(reason)"
        case .unwritable(let path, let reason):
            "\(path): cannot be written: \(SystemReason.writing(reason))"
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
        case .noCorruptions(let folder):
            "\(folder): holds no corrupted pictures; expected <corruption>/<severity>/<class>/<picture> "
                + "with corruptions such as gaussian_noise and severities 1 to 5"
        case .doubledCorruption(let one, let other):
            "\(one) and \(other): one corruption lies in two places"
        case .noPerturbations(let folder):
            "\(folder): holds no videos of perturbed pictures; expected "
                + "<perturbation>/<class>/<video>/<frame> with perturbations such as gaussian_noise"
        case .films(let paths):
            "\(paths.shortList(3)): videos must be unpacked to folders of frames, such as by "
                + "ffmpeg -i VIDEO.mp4 VIDEO/%04d.png"
        case .changedFolder(let folder):
            "\(folder): the files there are others than when the work began"
        }
    }

    private static func shortened(_ lines: [String]) -> [String] {
        lines.prefix(100).map { "  \($0)" }
            + (lines.count > 100 ? ["  … and \(lines.count - 100) others"] : [])
    }
}
