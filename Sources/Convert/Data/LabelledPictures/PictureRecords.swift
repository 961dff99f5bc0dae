internal import Base
internal import Checkpoint
internal import Foundation
internal import Proto

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
    private var position = 0
    private var reader: RecordReader?

    /// Reads files in the order given.
    ///
    /// - Parameters:
    ///   - files: The paths.
    ///   - labelOffset: Added to every label.
    ///   - teacherClasses: How many logits of a teacher every record must have; nil where none are read.
    public init(files: [String], labelOffset: Int = 0, teacherClasses: Int? = nil) {
        self.files = files
        self.labelOffset = labelOffset
        self.teacherClasses = teacherClasses
    }

    /// The files of a folder whose names match a shell pattern such as `validation-*`, in order.
    public static func files(in folder: String, matching pattern: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { ShellPattern(pattern).matches($0) }.sorted().map { "\(folder)/\($0)" }
    }

    /// How many there are, where that is known beforehand.
    public var count: Int? { nil }

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
                guard case .malformedRecord(let path, let index, let offset, let reason) = error
                else { throw error }
                // A bad length hides all that stands behind it in this file.
                if !reader.canContinue { self.reader = nil }
                let origin = LabelledPicture.Origin(file: path, record: index, offset: offset)
                throw CorruptPicture(origin: origin, reason: reason)
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
        var logits: [Float]?
        do throws(ProtoError) {
            parts = try PictureExample(bytes)
        } catch {
            throw CorruptPicture(origin: origin, reason: "\(error)")
        }
        if let teacherClasses {
            do throws(DataError) {
                logits = try parts.teacher.values(in: bytes, classes: teacherClasses)
            } catch {
                throw CorruptPicture(origin: origin, reason: "\(error)")
            }
        }
        guard let encoded = parts.encoded else {
            throw CorruptPicture(origin: origin, reason: "there is no \(ExampleKey.encoded)")
        }
        guard let label = parts.label, let shifted = Int(exactly: label), abs(shifted) < 1 << 40
        else {
            throw CorruptPicture(origin: origin, reason: "there is no \(ExampleKey.label)")
        }
        let picture = unsafe OwnedBytes(
            UnsafeRawBufferPointer(rebasing: record.bytes.buffer[encoded]),
            owner: record.bytes.owner
        )
        return LabelledPicture(
            bytes: picture,
            label: shifted + labelOffset,
            name: parts.name,
            origin: origin,
            teacherLogits: logits
        )
    }
}
