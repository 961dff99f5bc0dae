import Convert
import Engine
import Foundation
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

    init(_ options: ParsedOptions, classes: Int, _ diagnostics: Diagnostics) throws {
        let names = try options[EvalOptions.labelFile].map(Self.lines)
        let isFolder = Self.isClassFolder(options)
        labelOffset = Self.labelOffset(options, names: names, classes: classes, isFolder: isFolder)
        classNames = Self.classNames(names, offset: options[EvalOptions.labelOffset] ?? labelOffset)

        let given = [
            options.isGiven(EvalOptions.images), options.isGiven(EvalOptions.tensor),
            options.isGiven(EvalOptions.dataDirectory),
        ]
        guard given.filter({ $0 }).count == 1 else {
            throw ToolError(.usage, "give one of --data-dir, --images and --tensor")
        }
        if let path = options[EvalOptions.tensor] {
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
            summary = "\(path), \(shape[0]) prepared pictures of \(imageSize)x\(imageSize)"
            return
        }
        tensor = nil
        let prepared = try PictureOptions.preprocessing(options, diagnostics)
        preprocessing = prepared
        imageSize = prepared.imageSize
        hasLabels = !options.isGiven(EvalOptions.images)
        source = try Self.source(options, names: names, labelOffset: labelOffset, classes: classes)
        count = source.count
        let kind = prepared.dctMethod == .fast ? ", fast DCT" : ""
        summary =
            "\(source.description), preprocessing \(prepared.name) "
            + "(\(prepared.imageSize)x\(prepared.imageSize)\(kind)), "
            + "\(classes) classes, label offset \(labelOffset)"
    }

    /// The largest side of prepared pictures; the area of one and of a batch of them can be counted.
    private static let largestSide = 1 << 14

    private static func source(
        _ options: ParsedOptions,
        names: [String]?,
        labelOffset: Int,
        classes: Int
    ) throws -> AnyPictureSource {
        if options.isGiven(EvalOptions.images) {
            return AnyPictureSource(PictureFiles(paths: options[EvalOptions.images]))
        }
        let folder = options[EvalOptions.dataDirectory] ?? ""
        let pattern = options[EvalOptions.validationPattern]
        let files = PictureRecords.files(in: folder, matching: pattern)
        guard files.isEmpty else {
            return AnyPictureSource(
                PictureRecords(
                    files: files,
                    labelOffset: labelOffset,
                    teacherClasses: options[EvalOptions.distillationTemperature] > 0 ? classes : nil
                ),
                described: "\(files.count) record files in \(folder)"
            )
        }
        do {
            return AnyPictureSource(
                try PictureFiles(classFolders: folder, classes: names, labelOffset: labelOffset),
                described: "class folders in \(folder)"
            )
        } catch PictureFolderError.noClassFolders(let folder) {
            throw ToolError(
                .file,
                file: folder,
                "no file matches '\(pattern)', and there are no folders of pictures"
            )
        } catch {
            throw ToolError(.file, error)
        }
    }

    /// Whether the data are class folders rather than records.
    private static func isClassFolder(_ options: ParsedOptions) -> Bool {
        guard let folder = options[EvalOptions.dataDirectory] else { return false }
        return PictureRecords.files(
            in: folder,
            matching: options[EvalOptions.validationPattern]
        ).isEmpty
    }

    /// What was asked for; else 1 where a network has one class more than there are names, the background.
    private static func labelOffset(
        _ options: ParsedOptions,
        names: [String]?,
        classes: Int,
        isFolder: Bool
    ) -> Int {
        if let offset = options[EvalOptions.labelOffset] { return offset }
        guard isFolder || options.isGiven(EvalOptions.images) else { return 0 }
        return names.map { $0.count + 1 == classes ? 1 : 0 } ?? 0
    }

    private static func classNames(_ names: [String]?, offset: Int) -> [Int: String] {
        Dictionary(
            uniqueKeysWithValues: (names ?? []).enumerated().map { ($0 + offset, $1) }
        )
    }

    private static func lines(_ path: String) throws -> [String] {
        guard let text = try? String(contentsOf: URL(filePath: path), encoding: .utf8) else {
            throw ToolError(.file, file: path, "cannot be read as UTF-8 text")
        }
        return text.split(whereSeparator: \.isNewline).map {
            $0.trimmingCharacters(in: .whitespaces)
        }
    }
}

/// Pictures of whatever kind, with a few words about them.
struct AnyPictureSource: PictureSource {
    private var source: any PictureSource
    let description: String

    init(_ source: any PictureSource, described: String? = nil) {
        self.source = source
        description = described ?? "\(source.count ?? 0) pictures"
    }

    var count: Int? { source.count }

    mutating func next() throws -> LabelledPicture? { try source.next() }
}
