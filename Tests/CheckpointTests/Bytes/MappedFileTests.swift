import CCRC32C
import Checkpoint
import Foundation
import Proto
import TestSupport
import Testing

@Suite struct MappedFileTests {
    @Test("L02: a file that was shortened since it was mapped is an error")
    func shortened() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write([UInt8](repeating: 1, count: 100_000), to: "f")
        let file = try MappedFile(path: path)
        #expect(unsafe truncate(path, 10) == 0)
        #expect(throws: CheckpointError.fileShrank(path: path, from: 100_000, to: 10)) {
            try file.withBytes { bytes throws(CheckpointError) in CRC32C(bytes).value }
        }
    }

    @Test("L02: a file that is shortened while it is read is an error, not a signal")
    func shortenedMeanwhile() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write([UInt8](repeating: 1, count: 100_000), to: "f")
        let file = try MappedFile(path: path)
        #expect(throws: CheckpointError.fileShrank(path: path, from: 100_000, to: 10)) {
            try file.withBytes { bytes throws(CheckpointError) in
                #expect(unsafe truncate(path, 10) == 0)
                return CRC32C(bytes).value
            }
        }
        #expect(throws: CheckpointError.fileShrank(path: path, from: 100_000, to: 10)) {
            try file.checkIntact()
        }
    }

    @Test("L02: a checkpoint whose data file is shortened after it was opened")
    func shortenedCheckpoint() throws {
        let folder = try TemporaryFolder()
        let writer = try BundleWriter(prefix: folder.path("m"))
        let values = [Float](repeating: 1, count: 50_000)
        for name in ["a", "b"] {
            try writer.add(name, .float32, shape: [values.count], values: values)
        }
        try writer.finish()
        let reader = try BundleReader(prefix: folder.path("m"))
        let (a, b) = try (
            #require(reader.tensor(named: "a")), #require(reader.tensor(named: "b"))
        )
        let kept = try reader.bytes(of: a)
        let path = reader.shardPath(0)
        #expect(unsafe truncate(path, 100) == 0)
        let expected = CheckpointError.fileShrank(path: path, from: 400_000, to: 100)
        #expect(throws: expected) { try reader.bytes(of: b) }
        #expect(throws: expected) { try kept.checkIntact() }
    }

    @Test(
        "the published checksums, and their masks",
        arguments: [
            (Array("123456789".utf8), 0xE306_9283, 0xC78A_B0E5), ([], 0, 0xA282_EAD8),
            ([UInt8](repeating: 0, count: 32), 0x8A91_36AA, 0x0FD7_FFFA),
            ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43, 0xF909_B029),
            (Array(0..<32), 0x46DD_794E, 0x951F_7892),
            ((0..<32).reversed(), 0x113F_DB5C, 0x593B_0D57),
        ] as [([UInt8], UInt32, UInt32)]
    )
    func checksums(bytes: [UInt8], value: UInt32, masked: UInt32) {
        let checksum = unsafe CRC32C(bytes.span.bytes)
        #expect(checksum.value == value)
        #expect(checksum.masked == masked)
    }

    @Test("the processor's checksum and the plain one agree at every length and address")
    func portable() {
        var state: UInt64 = 1
        let bytes = (0..<60_000).map { _ -> UInt8 in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        }
        let lengths = Array(0..<40) + [767, 768, 769, 24_575, 24_576, 24_577, 50_000]
        unsafe bytes.withUnsafeBytes { buffer in
            for length in lengths {
                for start in 0..<9 {
                    let address = unsafe buffer.baseAddress.map { unsafe $0 + start }
                    #expect(
                        unsafe crc32c_extend(7, address, length)
                            == crc32c_extend_portable(7, address, length)
                    )
                }
            }
        }
    }
}
