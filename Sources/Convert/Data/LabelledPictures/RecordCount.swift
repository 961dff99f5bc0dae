internal import Checkpoint
internal import Foundation
internal import Synchronization

/// How many records files hold, counted beside the work by a walk over the records' lengths.
///
/// Their bytes are not read. The count ends where nobody asks for it any more.
public final class RecordCount: Sendable {
    private let found = Mutex<Int?>(nil)

    /// Begins to count.
    ///
    /// - Parameter files: The paths of record files.
    public init(of files: [String]) {
        Thread.detachNewThread { [weak self] in
            var count = 0
            for path in files {
                guard self != nil, let records = Self.count(path) else { return }
                count += records
            }
            self?.found.withLock { $0 = count }
        }
    }

    /// How many there are; nil as long as that is not known, and for good where files are compressed or damaged.
    public var total: Int? { found.withLock { $0 } }

    /// The records of one file; nil where their lengths do not tell.
    static func count(_ path: String) -> Int? {
        guard let reader = try? RecordReader(path: path), reader.compression == .none else {
            return nil
        }
        var count = 0
        do throws(CheckpointError) {
            while try reader.skip() != nil { count += 1 }
        } catch {
            return nil
        }
        return count
    }
}
