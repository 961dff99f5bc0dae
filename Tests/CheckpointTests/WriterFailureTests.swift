import Checkpoint
import Foundation
import Glibc
import Proto
import TestSupport
import Testing

/// A checkpoint over an older one of the same name, written by a process that does not get to its end (K13).
@Suite struct WriterFailureTests {
    private static func write(_ prefix: String, value: Float) throws {
        let writer = try BundleWriter(prefix: prefix)
        try writer.add("a", .float32, shape: [2], values: [value, value])
        try writer.finish()
    }

    @Test("K13: killed at any step, the older checkpoint stays whole", arguments: 0..<3)
    func killed(step: Int) async throws {
        let folder = try TemporaryFolder()
        let prefix = folder.path("m")
        try Self.write(prefix, value: 1)
        let before = try folder.contents()
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [prefix = prefix as String, step = step as Int] in
            let writer = try BundleWriter(prefix: prefix)
            if step > 0 {
                let values = [Float](repeating: 2, count: 1 << 20)
                try writer.begin("a", .float32, shape: [2 << 20])
                try writer.append(unsafe values.span.bytes)
                if step > 1 {
                    try writer.append(unsafe values.span.bytes)
                    try writer.end()
                }
            }
            kill(getpid(), SIGKILL)
        }
        let after = try folder.contents()
        for (name, bytes) in before { #expect(after[name] == bytes) }
        let reader = try BundleReader(prefix: prefix)
        let tensor = try #require(reader.tensor(named: "a"))
        #expect(try reader.bytes(of: tensor).array == [0, 0, 0x80, 0x3F, 0, 0, 0x80, 0x3F])
        // What the killed process left is in nobody's way.
        try Self.write(prefix, value: 3)
        #expect(try BundleReader(prefix: prefix).tensors.count == 1)
    }

    @Test("K13: where the disk is full, the older checkpoint stays and nothing is left behind")
    func full() async throws {
        let folder = try TemporaryFolder()
        let prefix = folder.path("m")
        try Self.write(prefix, value: 1)
        let before = try folder.contents()
        await #expect(processExitsWith: .exitCode(7)) { [prefix = prefix as String] in
            // Beyond this size a write fails, as it does where the disk is full.
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 1 << 16, rlim_max: 1 << 16)
            unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            let values = [Float](repeating: 2, count: 1 << 20)
            do throws(CheckpointError) {
                let writer = try BundleWriter(prefix: prefix)
                try writer.add("a", .float32, shape: [1 << 20], values: values)
                try writer.finish()
            } catch {
                guard case .unwritable(_, let reason) = error, reason == "File too large" else {
                    exit(1)
                }
                exit(7)
            }
            exit(2)
        }
        #expect(try folder.contents() == before)
    }
}
