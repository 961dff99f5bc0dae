import Checkpoint
import TestSupport
import Testing

@Suite struct RecordTests {
    static let golden = [0, 1, 17, 1000, 70_000].enumerated().map { index, count in
        (0..<count).map { UInt8(truncatingIfNeeded: 37 * index + $0) }
    }

    static func records(_ path: String) throws(CheckpointError) -> [[UInt8]] {
        let reader = try RecordReader(path: path)
        var records: [[UInt8]] = []
        while let record = try reader.next() { records.append(record.bytes.array) }
        return records
    }

    static func frame(_ bytes: [UInt8]) -> [UInt8] {
        let length = (0..<8).map { UInt8(truncatingIfNeeded: bytes.count >> (8 * $0)) }
        return length + TableBytes.word(TableBytes.checksum(length)) + bytes
            + TableBytes.word(TableBytes.checksum(bytes))
    }

    @Test("H01, H02: TensorFlow's files", arguments: ["plain", "gzip", "zlib"])
    func goldens(kind: String) throws {
        #expect(try Self.records(Fixture.path("formats/records.\(kind)")) == Self.golden)
    }

    @Test("places are told: index and byte")
    func places() throws {
        let reader = try RecordReader(path: Fixture.path("formats/records.plain"))
        var places: [[Int]] = []
        while let record = try reader.next() { places.append([record.index, record.offset]) }
        #expect(places == [[0, 0], [1, 16], [2, 33], [3, 66], [4, 1082]])
    }

    @Test("the plain writer's file is TensorFlow's; compressed ones hold the same records")
    func writer() throws {
        let folder = try TemporaryFolder()
        for compression in RecordCompression.allCases {
            let path = folder.path("") + compression.rawValue
            let writer = try RecordWriter(path: path, compression: compression)
            for record in Self.golden { try writer.write(unsafe record.span.bytes) }
            try writer.finish()
            #expect(try RecordReader(path: path).compression == compression)
            #expect(try Self.records(path) == Self.golden)
        }
        #expect(try folder.bytes("none") == Fixture.bytes("formats/records.plain"))
    }

    @Test("one record is written as in the format's description")
    func hello() throws {
        let folder = try TemporaryFolder()
        let writer = try RecordWriter(path: folder.path("r"))
        try writer.write(unsafe Array("hello".utf8).span.bytes)
        try writer.finish()
        #expect(
            hexadecimal(try folder.bytes("r")) == "0500000000000000eab2043e68656c6c6fbb1f1c19"
        )
    }

    @Test("an empty file holds no records")
    func empty() throws {
        let folder = try TemporaryFolder()
        #expect(try Self.records(folder.write([], to: "r")) == [])
    }

    /// What a reader says of each record: its place and size, or what is wrong with it.
    private static func outcomes(_ path: String, threads: Int) throws(CheckpointError) -> [String] {
        let reader = try RecordReader(path: path, threads: threads)
        var outcomes: [String] = []
        while reader.canContinue {
            do throws(CheckpointError) {
                guard let record = try reader.next() else { break }
                outcomes.append("\(record.index) \(record.offset) \(record.bytes.count)")
            } catch {
                outcomes.append("\(error)")
            }
        }
        return outcomes
    }

    @Test("several threads say the same of damaged files as one", arguments: [100, 1 << 20])
    func threads(size: Int) throws {
        let folder = try TemporaryFolder()
        var whole: [UInt8] = []
        var starts: [Int] = []
        for index in 0..<20 {
            starts.append(whole.count)
            let bytes = (0..<(size + index)).map { UInt8(truncatingIfNeeded: $0 &* (index + 3)) }
            whole += Self.frame(bytes)
        }
        var damaged = whole
        for record in [0, 7, 8, 19] { damaged[starts[record] + 40] ^= 1 }
        var lost = damaged
        lost[starts[12]] ^= 1
        for (name, bytes, faults) in [
            ("whole", whole, []), ("damaged", damaged, [0, 7, 8, 19]),
            ("lost", lost, [0, 7, 8, 12]),
            ("cut", Array(damaged.dropLast(size / 2)), [0, 7, 8, 19]),
        ] {
            let path = try folder.write(bytes, to: name)
            let one = try Self.outcomes(path, threads: 1)
            #expect(one.indices.filter { one[$0].contains("record") } == faults)
            #expect(try Self.outcomes(path, threads: 3) == one)
        }
    }

    @Test("a record with a wrong checksum is told and can be left behind")
    func skipped() throws {
        let folder = try TemporaryFolder()
        var bytes = try Fixture.bytes("formats/records.plain")
        bytes[33 + 12] ^= 1
        let path = try folder.write(bytes, to: "r")
        let reader = try RecordReader(path: path)
        for _ in 0..<2 { _ = try reader.next() }
        #expect(
            throws: CheckpointError.malformedRecord(
                path: path,
                record: 2,
                offset: 33,
                reason: "the record's checksum is wrong"
            )
        ) { try reader.next() }
        #expect(reader.canContinue)
        #expect(try reader.next()?.index == 3)
        #expect(try reader.next()?.bytes.array == Self.golden[4])
        #expect(try reader.next()?.index == nil)
    }

    @Test("H04, L01: a file cut anywhere but between records is an error")
    func truncated() throws {
        let folder = try TemporaryFolder()
        let bytes = Array(try Fixture.bytes("formats/records.plain")[..<1100])
        for length in 0..<1100 {
            let path = try folder.write(Array(bytes[..<length]), to: "r")
            let outcome = Outcome { () throws(CheckpointError) in _ = try Self.records(path) }
            #expect(outcome.isError == ![0, 16, 33, 66, 1082].contains(length), "\(length)")
        }
    }

    @Test("H09, H10, L01: a compressed file cut anywhere is an error", arguments: ["gzip", "zlib"])
    func truncatedCompressed(kind: String) throws {
        let folder = try TemporaryFolder()
        let bytes = try Fixture.bytes("formats/records.\(kind)")
        for length in 1..<bytes.count {
            let path = try folder.write(Array(bytes[..<length]), to: "r")
            let outcome = Outcome { () throws(CheckpointError) in _ = try Self.records(path) }
            #expect(outcome.isError, "\(length)")
        }
    }

    @Test("H05, H10, L01: no flipped byte goes unnoticed", arguments: ["plain", "gzip", "zlib"])
    func flipped(kind: String) throws {
        let folder = try TemporaryFolder()
        let bytes = Array(try Fixture.bytes("formats/records.\(kind)").prefix(1100))
        let isWhole = kind != "plain"
        for place in bytes.indices.prefix(isWhole ? bytes.count : 1082) {
            var changed = bytes
            changed[place] ^= 0x41
            let path = try folder.write(changed, to: "r")
            var records: [[UInt8]]?
            let outcome = Outcome { () throws(CheckpointError) in
                records = try Self.records(path)
            }
            // Bytes of gzip's header that mean nothing may change.
            #expect(outcome.isError || records == Self.golden, "\(place)")
        }
    }

    @Test("H02: gzip members one after the other are one file; anything else behind is an error")
    func members() throws {
        let folder = try TemporaryFolder()
        let member = try Fixture.bytes("formats/records.gzip")
        let twice = try folder.write(member + member, to: "twice")
        #expect(try Self.records(twice) == Self.golden + Self.golden)
        for (name, rest) in [("zeros", [UInt8](repeating: 0, count: 64)), ("junk", [1, 2, 3])] {
            let path = try folder.write(member + rest, to: name)
            #expect(
                throws: CheckpointError.malformedCompression(
                    path: path,
                    offset: member.count,
                    reason: "there is something behind the compressed data"
                )
            ) { try Self.records(path) }
        }
    }

    @Test(
        "H06: impossible lengths with a right checksum",
        arguments: [1 << 33, 1 << 40, UInt64(Int64.max), UInt64.max - 5, UInt64.max]
    )
    func lengths(length: UInt64) throws {
        let folder = try TemporaryFolder()
        let bytes = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) }
        let header = bytes + TableBytes.word(TableBytes.checksum(bytes))
        let path = try folder.write(header + [0, 0, 0, 0, 0], to: "r")
        #expect(
            throws: CheckpointError.malformedRecord(
                path: path,
                record: 0,
                offset: 0,
                reason:
                    "the file ends inside the record: \(length) bytes and a checksum were to follow, "
                    + "5 are there; such a record cannot be in a file of 17"
            )
        ) { try Self.records(path) }
    }

    @Test("H07: zero bytes behind the records are told as such", arguments: [4, 64])
    func zeros(count: Int) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(
            Self.frame([1]) + [UInt8](repeating: 0, count: count),
            to: "r"
        )
        let reason =
            count == 4 ? "4 zero bytes behind the last record" : "zero bytes in place of a record"
        #expect(
            throws: CheckpointError.malformedRecord(
                path: path,
                record: 1,
                offset: 17,
                reason: reason
            )
        ) { try Self.records(path) }
    }

    @Test("a compressed file that promises too large a record is refused (H13)")
    func bomb() throws {
        let folder = try TemporaryFolder()
        let length = (0..<8).map { UInt8(truncatingIfNeeded: (1 << 30) >> (8 * $0)) }
        let header = length + TableBytes.word(TableBytes.checksum(length))
        let path = try folder.write(
            try Compressed.gzip(header + [UInt8](repeating: 0, count: 1 << 20), in: folder),
            to: "r"
        )
        let outcome = Outcome { () throws(CheckpointError) in _ = try Self.records(path) }
        guard case .error(.malformedRecord(_, 0, 0, let reason)) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(reason.hasPrefix("a record of 1073741824 bytes cannot be in a file of "))
    }
}
