public import Checkpoint
internal import Proto

/// What the records of a file of examples hold.
public struct RecordSummary: Sendable {
    /// What is known of a feature.
    public struct Key: Sendable {
        /// `bytes`, `float`, `int64`, `empty`, or several with `/` between them.
        public fileprivate(set) var type: String
        /// The fewest values of a record that has the feature; of a single string of bytes its length.
        public fileprivate(set) var minimumLength: Int
        /// The most values, or the longest string.
        public fileprivate(set) var maximumLength: Int
        /// Whether the lengths count the bytes of single strings, and not values.
        public fileprivate(set) var countsBytes: Bool
        /// How many records have it.
        public fileprivate(set) var records: Int
    }

    /// How many records were read whole.
    public private(set) var count = 0
    /// Their bytes, without what frames them.
    public private(set) var byteCount = 0
    /// How the file is compressed.
    public let compression: RecordCompression
    /// How many records are no examples.
    public private(set) var otherCount = 0
    /// The features by name.
    public private(set) var keys: [String: Key] = [:]
    /// How often each label occurs.
    public private(set) var labels: [Int64: Int] = [:]
    /// What is wrong with the file.
    public private(set) var faults: [CheckpointError] = []

    /// The feature that holds a record's class.
    public static let labelKey = "image/class/label"
    /// The feature that holds a record's picture.
    public static let pictureKey = "image/encoded"
    /// The most faults that are kept.
    private static let faultLimit = 1000

    /// Reads a file to its end, or to where it cannot be read any more.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - threads: The most threads that check it.
    /// - Throws: ``CheckpointError`` if the file cannot be opened.
    public init(path: String, threads: Int = 1) throws(CheckpointError) {
        let reader = try RecordReader(path: path, threads: threads)
        compression = reader.compression
        while reader.canContinue {
            do throws(CheckpointError) {
                guard let record = try reader.next() else { break }
                count += 1
                byteCount += record.bytes.count
                guard let example = unsafe try? Example(record.bytes.buffer.bytes),
                    !example.names.isEmpty
                else {
                    otherCount += 1
                    continue
                }
                add(example)
            } catch {
                guard faults.count < Self.faultLimit else { break }
                faults.append(error)
            }
        }
    }

    private mutating func add(_ example: Example) {
        for name in example.names {
            guard let feature = example[name] else { continue }
            if name == Self.labelKey, case .integers(let values) = feature, values.count == 1 {
                labels[values[0], default: 0] += 1
            }
            let length = feature.length
            guard var key = keys[name] else {
                keys[name] = Key(
                    type: feature.typeName,
                    minimumLength: length.count,
                    maximumLength: length.count,
                    countsBytes: length.isBytes,
                    records: 1
                )
                continue
            }
            if !key.type.split(separator: "/").contains(Substring(feature.typeName)) {
                key.type += "/" + feature.typeName
            }
            key.minimumLength = min(key.minimumLength, length.count)
            key.maximumLength = max(key.maximumLength, length.count)
            key.countsBytes = key.countsBytes && length.isBytes
            key.records += 1
            keys[name] = key
        }
    }
}

extension Example.Feature {
    /// How many values there are; of a single string of bytes, how long it is.
    fileprivate var length: (count: Int, isBytes: Bool) {
        switch self {
        case .bytes(let values): values.count == 1 ? (values[0].count, true) : (values.count, false)
        case .floats(let values): (values.count, false)
        case .integers(let values): (values.count, false)
        case .none: (0, false)
        }
    }
}
