/// Makes the contents of one block of a table file; ``Block`` shows the layout.
struct BlockBuilder {
    private let restartInterval: Int
    private var bytes: [UInt8] = []
    private var restarts: [Int] = [0]
    private var entriesSinceRestart = 0
    private var lastKey: [UInt8] = []

    init(restartInterval: Int) {
        self.restartInterval = restartInterval
    }

    var isEmpty: Bool { bytes.isEmpty }

    /// The size of the contents if the block ended here.
    var byteCount: Int { bytes.count + 4 * restarts.count + 4 }

    mutating func add(_ key: [UInt8], _ value: [UInt8]) {
        var shared = 0
        if entriesSinceRestart < restartInterval {
            let limit = min(key.count, lastKey.count)
            while shared < limit, key[shared] == lastKey[shared] { shared += 1 }
        } else {
            restarts.append(bytes.count)
            entriesSinceRestart = 0
        }
        bytes.append(varint: UInt64(shared))
        bytes.append(varint: UInt64(key.count - shared))
        bytes.append(varint: UInt64(value.count))
        bytes += key[shared...]
        bytes += value
        lastKey = key
        entriesSinceRestart += 1
    }

    /// The contents; the builder is empty afterwards.
    mutating func finish() -> [UInt8] {
        var contents = bytes
        for restart in restarts { contents.append(word32: UInt32(restart)) }
        contents.append(word32: UInt32(restarts.count))
        self = BlockBuilder(restartInterval: restartInterval)
        return contents
    }
}

extension [UInt8] {
    /// Appends a base-128 varint.
    mutating func append(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    /// Appends four bytes, lowest first.
    mutating func append(word32 value: UInt32) {
        for shift in stride(from: 0, to: 32, by: 8) {
            append(UInt8(truncatingIfNeeded: value >> UInt32(shift)))
        }
    }

    /// Appends eight bytes, lowest first.
    mutating func append(word64 value: UInt64) {
        append(word32: UInt32(truncatingIfNeeded: value))
        append(word32: UInt32(truncatingIfNeeded: value >> 32))
    }
}
