public import Checkpoint
public import Proto

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
    public private(set) var keys: [Name: Key] = [:]
    /// The lists of features that come step by step, by name; lengths count the steps.
    public private(set) var lists: [Name: Key] = [:]
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
                let bytes = unsafe record.bytes.buffer.bytes
                let steps = (try? FeatureLists(bytes))?.lists ?? []
                guard let example = try? Example(bytes), !example.names.isEmpty || !steps.isEmpty
                else {
                    otherCount += 1
                    continue
                }
                add(example)
                for (name, features) in steps { add(features, to: Name(name)) }
            } catch {
                guard faults.count < Self.faultLimit else { break }
                faults.append(error)
            }
        }
    }

    private mutating func add(_ example: Example) {
        for text in example.names {
            guard let feature = example[text] else { continue }
            let name = Name(text)
            if name == Name(Self.labelKey), case .integers(let values) = feature, values.count == 1 {
                labels[values[0], default: 0] += 1
            }
            let length = feature.length
            var key = keys[name] ?? Key(length.count, countsBytes: length.isBytes)
            key.add([feature.typeName], length.count, countsBytes: length.isBytes)
            keys[name] = key
        }
    }

    private mutating func add(_ steps: [Example.Feature], to name: Name) {
        var key = lists[name] ?? Key(steps.count, countsBytes: false)
        key.add(steps.map(\.typeName), steps.count, countsBytes: false)
        lists[name] = key
    }
}

extension RecordSummary.Key {
    /// A feature of no record yet, whose first length is known.
    fileprivate init(_ length: Int, countsBytes: Bool) {
        self.init(
            type: "",
            minimumLength: length,
            maximumLength: length,
            countsBytes: countsBytes,
            records: 0
        )
    }

    fileprivate mutating func add(_ types: [String], _ length: Int, countsBytes isBytes: Bool) {
        for name in types where !type.split(separator: "/").contains(Substring(name)) {
            type += (type.isEmpty ? "" : "/") + name
        }
        minimumLength = min(minimumLength, length)
        maximumLength = max(maximumLength, length)
        countsBytes = countsBytes && isBytes
        records += 1
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
