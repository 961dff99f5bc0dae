import Data
import Engine
import Formats
import Foundation
import Networks
import Pictures
import ToolSupport

/// The pictures that the command line names, and how they are prepared.
struct EvaluationInput {
    /// The pictures; empty where a tensor is given.
    let source: AnyPictureSource
    /// The path of a file of pictures that are prepared already.
    let tensor: String?
    /// How pictures are prepared; nil where a tensor is given.
    let preprocessing: Preprocessing?
    /// The side of the network's input.
    let imageSize: Int
    /// How many pictures there are, where that is known.
    let count: Int?
    /// Whether the pictures have labels.
    let hasLabels: Bool
    /// Names of classes, by class.
    let classNames: [Int: String]
    /// The label of the first name, or what is added to the labels in records.
    let labelOffset: Int
    /// What is read and how, in one line.
    let summary: String

    /// What was left out, and what was taken for granted.
    let remarks: [DataRemark]

    init(_ options: ParsedOptions, _ network: Network) throws {
        let classes = network.classes
        let labels = try EvaluationLabels(options, network)
        labelOffset = labels.offset
        classNames = labels.byLabel
        let given = [
            options.isGiven(EvalOptions.images), options.isGiven(EvalOptions.tensor),
            options.isGiven(EvalOptions.dataDirectory),
        ]
        guard given.filter({ $0 }).count == 1 else {
            throw ToolError(.usage, "give one of --data-dir, --images and --tensor")
        }
        if let path = options[EvalOptions.tensor] {
            for option in PictureOptions.parts where options.isGiven(option) {
                throw ToolError(
                    .usage,
                    "\(options.spelling(of: option)) prepares pictures, and those of --tensor are prepared already"
                )
            }
            let shape = try ToolError.about(path) { try NPYReader(path: path).header.shape }
            guard shape.count == 4, shape[1] == shape[2], shape[3] == 3,
                (1...Self.largestSide).contains(shape[1])
            else {
                throw ToolError(
                    .file,
                    file: path,
                    "expected the shape [pictures, size, size, 3] with a size of at most "
                        + "\(Self.largestSide), found \(shape)"
                )
            }
            tensor = path
            preprocessing = nil
            imageSize = shape[1]
            count = shape[0]
            hasLabels = false
            source = AnyPictureSource(PictureFiles(paths: []))
            remarks = []
            guard shape[0] > 0 else {
                throw ToolError(
                    .file,
                    file: path,
                    "there are no pictures in it: its shape is \(shape)"
                )
            }
            summary = "\(path), \(shape[0]) prepared pictures of \(imageSize)x\(imageSize)"
            return
        }
        tensor = nil
        let prepared = network.input.preprocessing
        preprocessing = prepared
        imageSize = prepared.imageSize
        hasLabels = !options.isGiven(EvalOptions.images)
        let (source, found) = try Self.source(options, labels, classes: classes)
        self.source = source
        remarks = found + (hasLabels ? labels.remarks : [])
        count = source.count
        let kind = prepared.dctMethod == .fast ? ", fast DCT" : ""
        summary =
            "\(source.description), preprocessing \(prepared.summary) "
            + "(\(prepared.imageSize)x\(prepared.imageSize)\(kind)), "
            + "\(classes) classes, label offset \(labelOffset)"
    }

    /// The largest side of prepared pictures; the area of one and of a batch of them can be counted.
    private static let largestSide = 1 << 14

    private static func source(
        _ options: ParsedOptions,
        _ labels: EvaluationLabels,
        classes: Int
    ) throws -> (AnyPictureSource, [DataRemark]) {
        if options.isGiven(EvalOptions.images) {
            let paths = options[EvalOptions.images]
            if let folder = paths.first(where: isFolder) {
                throw ToolError(
                    .file,
                    file: folder,
                    "this is a folder: give its pictures, '\(folder)/*', or a folder of classes by --data-dir"
                )
            }
            return (AnyPictureSource(PictureFiles(paths: paths)), [])
        }
        let folder = options[EvalOptions.dataDirectory] ?? ""
        let pattern = options[EvalOptions.validationPattern]
        // The classes of retrieval need not be those that the network was trained on, and a guess finds the offset.
        let compares = !options[RetrievalOptions.zeroShot] && !options[EvalOptions.guess]
        do {
            let set = try RecordSet(folder: folder, patterns: [pattern])
            guard set.files.isEmpty else {
                let records = PictureRecords(
                    files: set.files,
                    labelOffset: labels.offset,
                    teacherClasses: options[EvalOptions.distillationTemperature] > 0
                        ? classes : nil,
                    keys: RecordOptions.keys(options)
                )
                if compares { try checkLabels(records, classes, options) }
                return (
                    AnyPictureSource(
                        records,
                        described: "\(set.files.count) record files in \(folder)",
                        records: set.files
                    ),
                    (set.faults + set.doubts).map { .warning("\(folder): \($0)") }
                        + (try labels.remarks(onRecordsIn: folder))
                )
            }
            let (part, note) = Self.validationPart(of: folder)
            let found = try ClassFolders(
                part,
                names: labels.names ?? ClassNames.found(besidesData: part),
                labelOffset: labels.offset,
                modelClasses: compares ? classes : nil
            )
            let faults = compares ? try found.check(modelClasses: classes) : []
            return (
                AnyPictureSource(PictureFiles(found), described: "class folders in \(part)"),
                note + found.remarks + faults
            )
        } catch let error as DataError {
            switch error {
            case .noClassFolders, .picturesElsewhere:
                throw ToolError(
                    .file,
                    DataError.noData(
                        folder: folder,
                        pattern: pattern,
                        hint: NearbyData.hint(in: folder)
                    )
                )
            case .outsideModel, .label: throw ToolError(.mismatch, error)
            default: throw ToolError(.file, error)
            }
        } catch let error as ToolError {
            throw error
        } catch {
            throw ToolError(.file, error)
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
            && isFolder.boolValue
    }

    /// Says what is wrong with the labels of records, as far as that is cheap, before the first picture is computed.
    private static func checkLabels(
        _ records: PictureRecords,
        _ classes: Int,
        _ options: ParsedOptions
    ) throws {
        do {
            try records.checkSomeLabels(classes: classes)
        } catch let error as CorruptPicture {
            guard options[EvalOptions.skipCorrupt] > 0 else { throw error }
        }
    }

    /// The part of a divided data set that is evaluated; else the folder itself.
    private static func validationPart(of folder: String) -> (folder: String, [DataRemark]) {
        func hasFolder(_ name: String) -> Bool { isFolder("\(folder)/\(name)") }
        guard hasFolder("train"), let part = ["validation", "val", "test"].first(where: hasFolder)
        else { return (folder, []) }
        return (
            "\(folder)/\(part)",
            [.note("\(folder) holds train and \(part), of which \(part) is evaluated")]
        )
    }
}

/// Pictures of whatever kind, with a few words about them.
struct AnyPictureSource: SampledSource {
    private var source: any SampledSource
    let description: String
    /// The record files that it reads; none where it reads others.
    let recordFiles: [String]

    init(_ source: any SampledSource, described: String? = nil, records: [String] = []) {
        self.source = source
        recordFiles = records
        description = described ?? "\(source.count ?? 0) pictures"
    }

    var count: Int? { source.count }

    var fingerprint: String? { source.fingerprint }

    mutating func next() throws -> LabelledPicture? { try source.next() }

    func sample(_ count: Int) throws -> [LabelledPicture] { try source.sample(count) }

    mutating func skip() throws -> Bool { try source.skip() }
}
