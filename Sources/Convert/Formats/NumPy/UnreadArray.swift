internal import Checkpoint

/// An array of a file that is there but cannot be read, because of its type or form; the others can.
public struct UnreadArray: Equatable, Sendable {
    /// Its name, as bytes.
    public let key: [UInt8]
    /// Why it cannot be read, in a few words that follow its name.
    public let reason: String
    /// Whether its bytes break the format's rules; else it is whole, but of a type that is not read.
    public let isDamaged: Bool

    /// Its name as text; bytes that are no UTF-8 are shown as `\xff`.
    public var name: String { printableName(key) }
}
