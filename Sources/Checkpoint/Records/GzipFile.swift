/// A small file that gzip has compressed.
package enum GzipFile {
    /// The bytes that were compressed; nil where there are more than `limit`.
    ///
    /// Memory grows with what comes out.
    ///
    /// - Throws: ``CheckpointError``.
    package static func bytes(of file: MappedFile, limit: Int) throws(CheckpointError) -> [UInt8]? {
        let inflater = try Inflater(file, .gzip)
        let count = try inflater.fill(limit + 1)
        guard count <= limit else { return nil }
        return inflater.withBytes(count) { bytes in
            unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
        }
    }
}
