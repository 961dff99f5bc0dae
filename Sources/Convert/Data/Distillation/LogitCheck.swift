internal import Base
public import Checkpoint
internal import Engine

/// Compares some of the logits in record files with a teacher's.
public struct LogitCheck {
    /// A logit that is not the teacher's.
    public struct Difference: Equatable, Sendable {
        /// The record.
        public let origin: LabelledPicture.Origin
        /// What the picture's own file was called.
        public let name: ByteName?
        /// The class; nil for the logit that stands for all classes that are not listed.
        public let `class`: Int?
        /// What the record has.
        public let stored: Float
        /// What the teacher says.
        public let computed: Float
    }

    /// The records that were compared.
    public private(set) var checkedCount = 0
    /// The largest difference of a logit over the largest of its record.
    public private(set) var largestDifference: Float = 0
    /// The first record that differs, if one does.
    public private(set) var difference: Difference?
    private let fraction: Double
    private let tolerance: Float
    private let offset: Int
    private let keys: ExampleKeys
    private var numbers: RandomNumbers

    /// A check of a random part of the records.
    ///
    /// - Parameters:
    ///   - fraction: How large a part; of a file with records at least one is taken.
    ///   - seed: Decides which.
    ///   - tolerance: What a logit may be off, over the largest logit of its record.
    ///   - offset: Zeros before the teacher's logits.
    ///   - keys: Where records keep picture and label.
    public init(
        fraction: Double,
        seed: UInt64,
        tolerance: Float,
        offset: Int,
        keys: ExampleKeys = ExampleKeys()
    ) {
        self.keys = keys
        self.fraction = fraction
        self.tolerance = tolerance
        self.offset = offset
        numbers = RandomNumbers(seed: seed)
    }

    /// Checks files in their order, up to the first record that differs.
    ///
    /// - Parameters:
    ///   - files: The record files.
    ///   - source: The teacher.
    ///   - advanced: Is told after each step how many records were compared, and how many bytes were read; false ends the check.
    /// - Throws: ``CorruptPicture``, also for a record without logits; `CheckpointError`, `EngineError`.
    public mutating func run(
        _ files: [String],
        against source: inout some LogitSource,
        advanced: (Distillation.Progress) -> Bool
    ) throws {
        var progress = Distillation.Progress()
        var reader = ShardReader(files.map { Shard(input: $0, output: "") }, keys)
        var chosen: [SourceRecord] = []
        // The record of this file that is taken if no other is, and how many it was drawn from.
        var fallback: (record: SourceRecord?, count: Int, hasOther: Bool) = (nil, 0, false)
        while let step = try reader.next() {
            switch step {
            case .begin: fallback = (nil, 0, false)
            case .record(let record):
                progress.byteCount += record.bytes.count
                fallback.count += 1
                if Double.random(in: 0..<1, using: &numbers) < fraction {
                    chosen.append(record)
                    fallback.hasOther = true
                } else if Int.random(in: 0..<fallback.count, using: &numbers) == 0 {
                    fallback.record = record
                }
            case .end:
                if !fallback.hasOther, let record = fallback.record { chosen.append(record) }
            }
            if chosen.count == source.batch {
                try compare(&chosen, &source)
                progress.records = checkedCount
                guard difference == nil, advanced(progress) else { return }
            }
        }
        try compare(&chosen, &source)
    }

    private mutating func compare(
        _ records: inout [SourceRecord],
        _ source: inout some LogitSource
    ) throws {
        let logits = try source.logits(of: records, offset: offset)
        let classes = source.classes + offset
        for (row, record) in records.enumerated() where difference == nil {
            try compare(record, Array(logits[(row * classes)..<((row + 1) * classes)]))
            checkedCount += 1
        }
        records = []
    }

    private mutating func compare(_ record: SourceRecord, _ computed: [Float]) throws {
        let (stored, listed, isHalf) = try record.bytes.withBytes { bytes throws(CorruptPicture) in
            do {
                let parts = try PictureExample(bytes, keys).teacher
                return (
                    try parts.values(in: bytes, classes: computed.count),
                    parts.listedClasses(in: bytes), parts.isHalf
                )
            } catch {
                throw CorruptPicture(origin: record.origin, reason: "\(error)")
            }
        }
        let scale = max(computed.map(\.magnitude).max() ?? 0, .leastNormalMagnitude)
        // Half of the distance between neighbours in float16.
        let rounding: Float = isHalf ? 0x1p-11 : 0
        func compare(_ number: Int?, _ stored: Float, _ computed: Float) {
            let error =
                max(0, (stored - computed).magnitude - rounding * computed.magnitude) / scale
            largestDifference = max(largestDifference, error)
            if error > tolerance, difference == nil {
                difference = Difference(
                    origin: record.origin,
                    name: record.name,
                    class: number,
                    stored: stored,
                    computed: computed
                )
            }
        }
        for number in listed ?? Array(stored.indices) {
            compare(number, stored[number], computed[number])
        }
        guard let listed else { return }
        let others = Set(stored.indices).subtracting(listed)
        guard let other = others.first else { return }
        compare(nil, stored[other], LogitForm.rest(others.sorted().map { computed[$0] }))
    }
}
