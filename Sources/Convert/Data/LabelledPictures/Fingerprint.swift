internal import Checkpoint

/// What tells one set of pictures from another without reading them: SHA-256 of names and the like, a zero byte behind each.
struct Fingerprint {
    private var digest = SHA256()

    /// The digest in hexadecimal.
    var text: String { SHA256.hex(digest.finish()) }

    mutating func add(_ bytes: [UInt8]) {
        unsafe digest.update((bytes + [0]).span.bytes)
    }

    mutating func add(_ text: String) {
        add(Array(text.utf8))
    }

    /// Takes in the name and the size of a file of records.
    mutating func add(recordFile path: String) {
        add(ByteName(path).lastComponent.bytes)
        add("\((try? MappedFile(path: path).count) ?? 0)")
    }
}
