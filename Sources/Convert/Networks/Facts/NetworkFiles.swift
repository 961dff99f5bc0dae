internal import Checkpoint
internal import Synchronization

/// Where a network was read from.
public struct NetworkFiles: Sendable {
    /// The path that stands for all the files: a checkpoint's prefix, or the file.
    public let path: String
    /// What it is, such as `V2 checkpoint`.
    public let kind: String
    /// The files whose digest stands for all values.
    let digested: [String]
    /// What ``digest()`` is the digest of, to go after the path.
    public let digestSubject: String
    private let memory = Memory()

    /// Files that are read.
    init(_ path: String, kind: String, digested: [String], digestSubject: String) {
        self.path = path
        self.kind = kind
        self.digested = digested
        self.digestSubject = digestSubject
    }

    /// An open checkpoint.
    init(checkpoint tensors: any TensorSource, at prefix: String) {
        if tensors is BundleReader {
            self.init(
                prefix,
                kind: "V2 checkpoint",
                digested: [prefix + ".index"],
                digestSubject: "its index"
            )
        } else {
            self.init(
                prefix,
                kind: "V1 checkpoint",
                digested: (tensors as? LegacyReader)?.paths ?? [prefix],
                digestSubject: "its bytes"
            )
        }
    }

    /// The same files under another path that stands for all.
    func standing(at path: String) -> NetworkFiles {
        NetworkFiles(path, kind: kind, digested: digested, digestSubject: digestSubject)
    }

    /// SHA-256, in hexadecimal, of what stands for all values: a V2 checkpoint's index, which holds the checksum of every
    /// tensor, or else the files one after the other.
    ///
    /// The files are read when it is first asked for.
    ///
    /// - Throws: `CheckpointError`.
    public func digest() throws -> String {
        if let known = memory.digest.withLock({ $0 }) { return known }
        var digest = SHA256()
        for path in digested {
            try digest.update(MappedFile(path: path))
        }
        let text = SHA256.hex(digest.finish())
        memory.digest.withLock { $0 = text }
        return text
    }

    /// What has been computed already.
    private final class Memory: Sendable {
        let digest = Mutex<String?>(nil)
    }
}
