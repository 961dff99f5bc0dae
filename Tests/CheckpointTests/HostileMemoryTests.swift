import Checkpoint
import Foundation
import Glibc
import Proto
import TestSupport
import Testing

/// Memory that hostile files may take: 64 MB and the file's own size.
///
/// Each test runs in a process of its own, whose data the system limits once it has started: an allocation beyond that
/// ends the process.
@Suite struct HostileMemoryTests {
    /// Limits what the process may have more than it has.
    private static func limit(fileSize: Int) throws {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmData:") })
        let kilobytes = try #require(line.split(whereSeparator: { !$0.isNumber }).first)
        let now = try #require(UInt64(kilobytes)) * 1024
        var limit = rlimit()
        limit.rlim_cur = rlim_t(now + 64_000_000 + UInt64(fileSize))
        limit.rlim_max = limit.rlim_cur
        try #require(unsafe setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &limit) == 0)
    }

    @Test("the limit is one: a process that asks for more ends")
    func control() async {
        await #expect(processExitsWith: .failure) {
            try Self.limit(fileSize: 0)
            var bytes = [UInt8](repeating: 1, count: 100_000_000)
            bytes[Int.random(in: 0..<bytes.count)] = 2
            // Reached only without a limit.
            exit(Int32(bytes[0] == 9 ? 1 : 0))
        }
    }

    @Test("tables whose sizes lie, with right checksums")
    func tables() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let name = "formats/dtypes/model.ckpt-1234"
            try folder.write(
                Fixture.bytes(name + ".data-00000-of-00001"),
                to: "m.data-00000-of-00001"
            )
            let index = try Fixture.bytes(name + ".index")
            let legacy = try Fixture.bytes("formats/simple-v1/model.ckpt-77")
            func all() {
                try? HostileBundleTests.readAll(folder.path("m"))
                guard let reader = try? LegacyReader(path: folder.path("v1")) else { return }
                for tensor in reader.tensors { _ = try? reader.bytes(of: tensor) }
            }
            try folder.write(index, to: "m.index")
            try folder.write(legacy, to: "v1")
            all()
            try Self.limit(fileSize: index.count + legacy.count)
            for value: UInt8 in [0xFF, 0x7F, 0x80] {
                for place in 0..<max(index.count, legacy.count) {
                    for (bytes, file) in [(index, "m.index"), (legacy, "v1")]
                    where place < bytes.count {
                        var changed = bytes
                        changed[place] = value
                        try folder.write(withRepairedChecksums(changed), to: file)
                    }
                    all()
                }
            }
        }
    }

    @Test("tensors, strings, records and messages that state far more than is there")
    func sizes() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            var bundles: [BundleBytes] = []
            for size in [1 << 30, 1 << 40, Int.max] {
                for type in [DataType.float32, .string, .variant] {
                    for stated in [0, 8, size] {
                        var bundle = BundleBytes()
                        bundle.add("a", type, [size], [1, 2, 3, 4, 5, 6, 7, 8]) {
                            $0.size = Int64(stated)
                        }
                        bundles.append(bundle)
                    }
                }
            }
            var records: [[UInt8]] = []
            for length in [UInt64(1) << 27, 1 << 40, UInt64(Int64.max), UInt64.max] {
                let bytes = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) }
                records.append(bytes + TableBytes.word(TableBytes.checksum(bytes)) + [0, 0])
            }
            // A record of 50 MB that is not whole, in some kilobytes.
            let length = (0..<8).map { UInt8(truncatingIfNeeded: UInt64(50_000_000) >> (8 * $0)) }
            let header = length + TableBytes.word(TableBytes.checksum(length))
            let bomb = try Compressed.gzip(
                header + [UInt8](repeating: 0, count: 40_000_000),
                in: folder
            )
            records.append(bomb)
            try Self.limit(fileSize: bomb.count)
            for bundle in bundles {
                try folder.write(bundle.data, to: "m.data-00000-of-00001")
                try folder.write(bundle.table.bytes, to: "m.index")
                try? HostileBundleTests.readAll(folder.path("m"))
            }
            for bytes in records {
                let reader = try RecordReader(path: folder.write(bytes, to: "r"))
                _ = try? reader.next()
            }
            let lengths: [UInt8] = [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x07, 1]
            _ = try? Example(unsafe lengths.span.bytes)
            _ = try? MetaGraph(unsafe lengths.span.bytes)
            _ = try? Event(unsafe lengths.span.bytes)
            _ = try? ObjectGraph(unsafe lengths.span.bytes)
        }
    }
}
