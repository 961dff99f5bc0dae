internal import Checkpoint

/// Goes through record files side by side: one record of each in turn, and where a file ends, the next takes its place.
struct RecordInterleave {
    private var waiting: ArraySlice<String>
    private var open: [RecordReader] = []
    private var turn = 0
    private let width: Int

    /// Goes through `files`, `width` of them side by side.
    init(_ files: [String], width: Int) {
        precondition(width > 0, "\(width) files side by side")
        waiting = files[...]
        self.width = width
    }

    /// The next record; nil at the end.
    ///
    /// What follows a damaged length in a file is lost, and stands for one picture.
    ///
    /// - Throws: `CheckpointError`.
    mutating func next() throws(CheckpointError) -> PictureReference? {
        while open.count < width, let path = waiting.popFirst() {
            open.append(try RecordReader(path: path))
        }
        while !open.isEmpty {
            turn %= open.count
            let reader = open[turn]
            do throws(CheckpointError) {
                if let reference = try Self.next(of: reader) {
                    turn += 1
                    return reference
                }
            } catch {
                guard let corrupt = CorruptPicture(error) else { throw error }
                if !reader.canContinue { try replace(turn) } else { turn += 1 }
                return .corrupt(corrupt)
            }
            try replace(turn)
        }
        return nil
    }

    private static func next(of reader: RecordReader) throws(CheckpointError) -> PictureReference? {
        if reader.compression == .none {
            return try reader.skip().map { .record(reader, $0) }
        }
        return try reader.next().map { .stored($0, file: reader.path) }
    }

    private mutating func replace(_ place: Int) throws(CheckpointError) {
        if let path = waiting.popFirst() {
            open[place] = try RecordReader(path: path)
            turn += 1
        } else {
            open.remove(at: place)
        }
    }
}
