/// One record of a record file, where it lies.
public struct Record: Sendable {
    /// Its bytes.
    public let bytes: StoredBytes
    /// Its place among the file's records, counted from 0.
    public let index: Int
    /// The byte at which it begins, its length included; in a compressed file counted behind the compression.
    public let offset: Int
}

/// Where a record of a plain file lies.
package struct RecordPlace: Sendable {
    /// The byte at which it begins, its length included.
    let position: Int
    /// Its place among the file's records, counted from 0.
    let index: Int
}

/// How a record file is compressed.
public enum RecordCompression: String, Sendable, CaseIterable {
    /// Not at all.
    case none
    /// One or more gzip members.
    case gzip
    /// One zlib stream.
    case zlib
}
