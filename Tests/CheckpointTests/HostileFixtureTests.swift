import Checkpoint
import Proto
import TestSupport
import Testing

/// Every file that TensorFlow wrote for the tests, cut at every length and with every byte changed (L01).
@Suite struct HostileFixtureTests {
    /// A file among its neighbours, and what reads all of it.
    struct Subject: CustomTestStringConvertible, Sendable {
        let file: String
        var companions: [String] = []
        var limit = Int.max
        let read: @Sendable (_ path: String) throws -> [String: [[UInt8]]]

        var testDescription: String { file }
    }

    private static func tensors(_ source: any TensorSource) throws -> [String: [[UInt8]]] {
        if let bundle = source as? BundleReader, let fault = bundle.faults.first { throw fault }
        var found: [String: [[UInt8]]] = [:]
        for tensor in source.tensors {
            found[tensor.name] =
                tensor.dataType == .string
                ? try source.strings(of: tensor)
                : [try source.bytes(of: tensor, verifies: true).array]
        }
        return found
    }

    private static func bundle(_ folder: String, _ name: String, _ ending: String) -> Subject {
        let endings = [".index", ".data-00000-of-00001"]
        return Subject(
            file: "formats/\(folder)/\(name)\(ending)",
            companions: endings.filter { $0 != ending }.map { "formats/\(folder)/\(name)\($0)" }
        ) { path in
            try tensors(BundleReader(prefix: String(path.dropLast(ending.count))))
        }
    }

    private static func records(_ name: String, limit: Int = .max) -> Subject {
        Subject(file: "formats/" + name, limit: limit) { path in
            let reader = try RecordReader(path: path)
            var found: [[UInt8]] = []
            while let record = try reader.next() { found.append(record.bytes.array) }
            return ["": found]
        }
    }

    private static func legacy(_ path: String) -> Subject {
        Subject(file: "formats/" + path) { try tensors(LegacyReader(path: $0)) }
    }

    /// Files whose checksums cover every byte that means something.
    static let checked: [Subject] = [
        bundle("dtypes", "model.ckpt-1234", ".index"),
        bundle("simple-v2", "model.ckpt-77", ".index"),
        bundle("simple-v2-sharded", "model.ckpt-77", ".index"),
        bundle("partitioned-v2", "model.ckpt", ".index"),
        bundle("dtypes", "model.ckpt-1234", ".data-00000-of-00001"),
        bundle("simple-v2", "model.ckpt-77", ".data-00000-of-00001"),
        bundle("partitioned-v2", "model.ckpt", ".data-00000-of-00001"),
        legacy("simple-v1/model.ckpt-77"), legacy("partitioned-v1/model.ckpt"),
        records("records.plain", limit: 1082), records("records.gzip"), records("records.zlib"),
    ]

    @Test("L01: no cut and no changed byte of a file goes unnoticed", arguments: checked)
    func noticed(subject: Subject) throws {
        let folder = try TemporaryFolder()
        for companion in subject.companions {
            try folder.write(Fixture.bytes(companion), to: name(companion))
        }
        let bytes = Array(try Fixture.bytes(subject.file).prefix(subject.limit))
        let path = folder.path(name(subject.file))
        func outcome(_ bytes: [UInt8]) throws -> [String: [[UInt8]]]? {
            try folder.write(bytes, to: name(subject.file))
            return try? subject.read(path)
        }
        let whole = try #require(try outcome(bytes))
        for place in bytes.indices {
            // Fewer records are fewer records where the cut is between two of them.
            if let found = try outcome(Array(bytes[..<place])), found != whole {
                let isPart = whole.allSatisfy { key, values in
                    values.starts(with: found[key] ?? [])
                }
                #expect(isPart && subject.file.contains("records"), "cut at \(place)")
            }
            for bits: UInt8 in [0x01, 0x80] {
                var changed = bytes
                changed[place] ^= bits
                let found = try outcome(changed)
                #expect(found == nil || found == whole, "byte \(place) changed by \(bits)")
            }
        }
    }

    /// Tables, whose checksums can be put right again.
    static let tables = checked.filter {
        $0.file.hasSuffix(".index") || $0.file.contains("-v1/")
    }

    @Test(
        "a table with any byte changed and its checksums put right is read or refused",
        arguments: tables
    )
    func repaired(subject: Subject) throws {
        let folder = try TemporaryFolder()
        for companion in subject.companions {
            try folder.write(Fixture.bytes(companion), to: name(companion))
        }
        let bytes = try Fixture.bytes(subject.file)
        var read = 0
        var refused = 0
        for place in bytes.indices {
            for value: UInt8 in [0, bytes[place] &+ 1, bytes[place] ^ 0x80, 0xFF] {
                var changed = bytes
                changed[place] = value
                let path = try folder.write(
                    withRepairedChecksums(changed),
                    to: name(subject.file)
                )
                if (try? subject.read(path)) == nil { refused += 1 } else { read += 1 }
            }
        }
        // A changed name is as good as any; a changed size is not.
        #expect(read > 0 && refused > 0)
    }

    /// Files without checksums of their own, and what reads them.
    private static func read(_ file: String, _ bytes: [UInt8], _ folder: TemporaryFolder) throws {
        switch file {
        case "formats/example.pb":
            let example = try Example(unsafe bytes.span.bytes)
            for name in example.names { _ = example[name] }
        case "formats/dtypes/checkpoint":
            _ = try CheckpointState(path: folder.write(bytes, to: "checkpoint"))
        default: _ = try MetaGraph(unsafe bytes.span.bytes).variables()
        }
    }

    @Test(
        "a message or a text with any byte changed, at any length, is read or refused",
        arguments: [
            "formats/example.pb", "formats/dtypes/checkpoint",
            "formats/simple-v2/model.ckpt-77.meta",
        ]
    )
    func messages(file: String) throws {
        let folder = try TemporaryFolder()
        let bytes = try Fixture.bytes(file)
        try Self.read(file, bytes, folder)
        var refused = 0
        for place in bytes.indices {
            var versions = [Array(bytes[..<place])]
            for value: UInt8 in [0, bytes[place] ^ 0x80, 0xFF] {
                versions.append(bytes)
                versions[versions.count - 1][place] = value
            }
            for version in versions where (try? Self.read(file, version, folder)) == nil {
                refused += 1
            }
        }
        #expect(refused > 0)
    }

    private func name(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }
}
