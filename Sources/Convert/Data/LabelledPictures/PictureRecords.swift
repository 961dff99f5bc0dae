internal import Base
internal import Checkpoint

/// The keys of a labelled picture's record, as the published builders write them.
public enum ExampleKey {
    /// The bytes of the picture file.
    public static let encoded = "image/encoded"
    /// The class.
    public static let label = "image/class/label"
    /// What the picture file was called.
    public static let filename = "image/filename"
    /// A teacher's logits.
    public static let logits = "image/logit"
}

/// Labelled pictures out of TFRecord files, in the order of the files' names and their records.
public struct PictureRecords: PictureSource {
    /// The paths of the files.
    public let files: [String]
    private let labelOffset: Int
    private let teacherClasses: Int?
    private let keys: ExampleKeys
    private var position = 0
    private var reader: RecordReader?

    /// Reads files in the order given.
    ///
    /// - Parameters:
    ///   - files: The paths.
    ///   - labelOffset: Added to every label.
    ///   - teacherClasses: How many logits of a teacher every record must have; nil where none are read.
    ///   - keys: Where records keep picture and label.
    public init(
        files: [String],
        labelOffset: Int = 0,
        teacherClasses: Int? = nil,
        keys: ExampleKeys = ExampleKeys()
    ) {
        self.keys = keys
        self.files = files
        self.labelOffset = labelOffset
        self.teacherClasses = teacherClasses
    }

    /// The pictures of one file, read in the same way.
    func only(_ file: String) -> PictureRecords {
        PictureRecords(
            files: [file],
            labelOffset: labelOffset,
            teacherClasses: teacherClasses,
            keys: keys
        )
    }

    /// The files of a folder whose names match a shell pattern such as `validation-*`, in the order of their names' bytes.
    ///
    /// ``RecordSet`` looks besides at whether they are all there.
    public static func files(in folder: String, matching pattern: String) -> [String] {
        let entries = (try? BytePath(folder).entries()) ?? []
        return entries.compactMap { $0.isFolder ? nil : $0.name.text }
            .filter { ShellPattern(pattern).matches($0) }.map { "\(folder)/\($0)" }
    }

    /// Compares the labels of a few records with the classes of a model, before the work begins.
    ///
    /// Looks at the first records of up to 64 files that are spread over all, 256 of them together.
    ///
    /// - Throws: ``DataError/label(origin:label:classes:)``; ``CorruptPicture`` for a record whose picture or label is of a
    ///   wrong kind; `CheckpointError`.
    public func checkSomeLabels(classes: Int) throws {
        let step = max(1, (files.count + 63) / 64)
        let chosen = stride(from: 0, to: files.count, by: step).map { files[$0] }
        for path in chosen {
            let reader = try RecordReader(path: path)
            for _ in 0..<max(1, 256 / chosen.count) {
                // What is damaged is told where it is read.
                guard let record = try? reader.next() else { break }
                let found = try picture(record, in: path)
                guard let label = found.label, (0..<classes).contains(label) else {
                    throw DataError.label(
                        origin: "\(found.origin)",
                        label: found.label ?? -1,
                        classes: classes
                    )
                }
            }
        }
    }

    /// How many there are, where that is known beforehand.
    public var count: Int? { nil }

    /// SHA-256 of the names and sizes of the files.
    public var fingerprint: String? {
        var fingerprint = Fingerprint()
        for file in files { fingerprint.add(recordFile: file) }
        return fingerprint.text
    }

    /// The next picture; nil at the end.
    ///
    /// - Throws: ``CorruptPicture``, also for a teacher's logits that are missing or misshapen; `CheckpointError`.
    public mutating func next() throws -> LabelledPicture? {
        while true {
            if reader == nil {
                guard position < files.count else { return nil }
                reader = try RecordReader(path: files[position])
                position += 1
            }
            guard let reader else { return nil }
            let record: Record?
            do throws(CheckpointError) {
                record = try reader.next()
            } catch {
                guard let corrupt = CorruptPicture(error) else { throw error }
                // A bad length, or a damaged compression, hides all that stands behind it in this file.
                if !reader.canContinue { self.reader = nil }
                throw corrupt
            }
            if let record { return try picture(record, in: reader.path) }
            self.reader = nil
        }
    }

    /// The picture that a record of a file holds.
    func picture(_ record: Record, in file: String) throws -> LabelledPicture {
        let origin = LabelledPicture.Origin(file: file, record: record.index, offset: record.offset)
        let bytes = unsafe record.bytes.buffer.bytes
        let parts: PictureExample
        let label: Int
        do throws(DataError) {
            parts = try PictureExample(bytes, keys)
            label = try parts.requiredLabel()
        } catch {
            throw CorruptPicture(origin: origin, reason: "\(error)")
        }
        var logits: [Float]?
        if let teacherClasses {
            do throws(DataError) {
                logits = try parts.teacher.values(in: bytes, classes: teacherClasses)
            } catch {
                throw CorruptPicture(origin: origin, reason: "\(error)")
            }
        }
        let picture = unsafe OwnedBytes(
            UnsafeRawBufferPointer(rebasing: record.bytes.buffer[parts.encoded]),
            owner: record.bytes.owner
        )
        return LabelledPicture(
            bytes: picture,
            label: label + labelOffset,
            name: parts.name,
            origin: origin,
            teacherLogits: logits
        )
    }
}
