internal import Checkpoint
internal import Formats
internal import Foundation
internal import Proto

// The certificate as a file, and the digests in it.
extension Certificate {
    /// The longest certificate that is read.
    private static let byteLimit = 1 << 28

    /// Reads a certificate.
    ///
    /// - Throws: ``FormatError/malformedFile(path:offset:reason:)`` or ``ConversionError/checkpoint(_:)``.
    public init(path: String) throws(ConversionError) {
        let file = try wrapping { () throws(CheckpointError) in try MappedFile(path: path) }
        func malformed(_ reason: String) -> ConversionError {
            .format(.malformedFile(path: path, offset: 0, reason: reason))
        }
        guard file.count <= Self.byteLimit else { throw malformed("it is too long") }
        let data = try wrapping { () throws(CheckpointError) in
            try file.withBytes { bytes in unsafe bytes.withUnsafeBytes { unsafe Data($0) } }
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        guard let certificate = try? decoder.decode(Certificate.self, from: data),
            certificate.schema == Self.schemaName
        else { throw malformed("it is no certificate") }
        guard certificate.version == Self.schemaVersion else {
            throw malformed(
                "it has version \(certificate.version), expected \(Self.schemaVersion)"
            )
        }
        self = certificate
    }

    /// Writes the certificate.
    ///
    /// - Throws: ``ConversionError/unwritable(path:reason:)``.
    public func write(to path: String, replacing isReplacing: Bool) throws(ConversionError) {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else {
            throw .unwritable(path: path, reason: "a logit is no number")
        }
        do throws(FormatError) {
            var file = try OutputFile(path, replacing: isReplacing)
            try unsafe file.write(([UInt8](data) + [10]).span.bytes)
            try file.commit()
        } catch {
            throw .unwritable(path: path, reason: error.description)
        }
    }
}

extension Certificate.Side {
    /// Describes files.
    ///
    /// - Parameters:
    ///   - kind: What they are.
    ///   - path: The path that stands for all of them.
    ///   - files: Their paths.
    ///   - certificate: The path of the certificate.
    /// - Throws: ``ConversionError/checkpoint(_:)``.
    init(
        _ kind: String,
        path: String,
        files: [String],
        certificate: String
    ) throws(ConversionError) {
        self.kind = kind
        self.path = RelativePath.path(from: RelativePath.folder(of: certificate), to: path)
        self.files = []
        for file in files {
            let bytes = try wrapping { () throws(CheckpointError) in try MappedFile(path: file) }
            // A file that does not begin as the others do is named by its way from them.
            let ending =
                file.hasPrefix(path)
                ? String(file.dropFirst(path.count))
                : "/" + RelativePath.path(from: path, to: file)
            self.files.append(
                Certificate.File(
                    ending: ending,
                    bytes: bytes.count,
                    sha256: try Certificate.digest(file)
                )
            )
        }
    }
}

extension Certificate {
    /// SHA-256 of a file, in hexadecimal.
    static func digest(_ path: String) throws(ConversionError) -> String {
        try wrapping { () throws(CheckpointError) in
            try MappedFile(path: path).withBytes { SHA256.hex(of: $0) }
        }
    }

    /// SHA-256 of a tensor's elements, in hexadecimal; of strings each with its length before it.
    static func digest(
        _ tensor: TensorEntry,
        of source: any TensorSource
    ) throws(ConversionError) -> String {
        try wrapping { () throws(CheckpointError) in
            guard tensor.dataType == .string else {
                let stored =
                    try tensor.dataType == .variant
                    ? source.variants(of: tensor) : source.bytes(of: tensor, verifies: true)
                let text = unsafe SHA256.hex(of: stored.buffer.bytes)
                try stored.checkIntact()
                return text
            }
            var digest = SHA256()
            for string in try source.strings(of: tensor) {
                let length = (0..<8).map { UInt8(truncatingIfNeeded: string.count >> (8 * $0)) }
                unsafe digest.update((length + string).span.bytes)
            }
            return SHA256.hex(digest.finish())
        }
    }
}
