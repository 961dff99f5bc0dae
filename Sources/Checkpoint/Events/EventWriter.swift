internal import Foundation
public import Proto

/// Writes an event file, which TensorBoard shows while it grows.
///
/// The file is new in its folder, `events.out.tfevents.<seconds>.<host>`; a run that goes on writes another.
public final class EventWriter {
    /// The path of the file.
    public let path: String
    private let file: BufferedFile

    /// Creates an event file.
    ///
    /// - Parameters:
    ///   - folder: An existing folder.
    ///   - time: Seconds since 1970, for the file's name and its first event; nil takes the clock.
    ///   - host: The name of this machine, for the file's name; nil asks the system.
    /// - Throws: ``CheckpointError/unwritable(path:reason:)``.
    public init(
        folder: String,
        time: Double? = nil,
        host: String? = nil
    ) throws(CheckpointError) {
        let now = time ?? Self.now
        let seconds = String(Int64(now))
        let padding = String(repeating: "0", count: max(0, 10 - seconds.count))
        let host = host ?? ProcessInfo.processInfo.hostName
        let name = "\(folder)/events.out.tfevents.\(padding)\(seconds).\(host)"
        var path = name
        var number = 0
        while FileManager.default.fileExists(atPath: path) {
            number += 1
            path = "\(name).\(number)"
        }
        self.path = path
        file = try BufferedFile(creating: path)
        try write(Event(wallTime: now, content: .fileVersion("brain.Event:2")))
        try file.sync()
    }

    /// Writes an event, which readers see at once.
    ///
    /// - Throws: ``CheckpointError/unwritable(path:reason:)``.
    public func write(_ event: Event) throws(CheckpointError) {
        let bytes = event.serialized
        let frame = unsafe RecordFrame(bytes.span.bytes)
        try file.write(frame.header + bytes + frame.trailer)
        try file.flush()
    }

    /// Writes numbers of one step, each under its tag.
    ///
    /// - Throws: ``CheckpointError/unwritable(path:reason:)``.
    public func write(
        scalars: [(tag: String, value: Float)],
        step: Int64,
        time: Double? = nil
    ) throws(CheckpointError) {
        let values = scalars.map { Summary.Value(tag: $0.tag, content: .scalar($0.value)) }
        try write(
            Event(wallTime: time ?? Self.now, step: step, content: .summary(Summary(values)))
        )
    }

    /// Writes a picture.
    ///
    /// - Throws: ``CheckpointError/unwritable(path:reason:)``.
    public func write(
        image: Summary.Image,
        tag: String,
        step: Int64,
        time: Double? = nil
    ) throws(CheckpointError) {
        let value = Summary.Value(tag: tag, content: .image(image))
        try write(
            Event(wallTime: time ?? Self.now, step: step, content: .summary(Summary([value])))
        )
    }

    /// Writes a text, which TensorBoard takes for Markdown.
    ///
    /// - Throws: ``CheckpointError/unwritable(path:reason:)``.
    public func write(
        text: String,
        tag: String,
        step: Int64,
        time: Double? = nil
    ) throws(CheckpointError) {
        var tensor = TensorMessage()
        tensor.dataType = DataType.string.rawValue
        tensor.shape = TensorShape([])
        tensor.strings = [Array(text.utf8)]
        let value = Summary.Value(tag: tag, plugin: "text", content: .tensor(tensor))
        try write(
            Event(wallTime: time ?? Self.now, step: step, content: .summary(Summary([value])))
        )
    }

    /// Syncs and closes the file.
    ///
    /// - Throws: ``CheckpointError/unwritable(path:reason:)``.
    public func finish() throws(CheckpointError) {
        try file.close()
    }

    private static var now: Double { Date().timeIntervalSince1970 }
}
