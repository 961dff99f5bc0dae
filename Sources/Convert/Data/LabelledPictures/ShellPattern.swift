internal import Checkpoint
internal import Glibc

/// A pattern of file names as a shell has it: `*`, `?` and `[…]`.
struct ShellPattern {
    private let pattern: String

    init(_ pattern: String) {
        self.pattern = pattern
    }

    /// Whether a name matches.
    func matches(_ name: String) -> Bool { matches(ByteName(name)) }

    /// Whether a name matches, which need not be UTF-8.
    func matches(_ name: ByteName) -> Bool {
        unsafe fnmatch(pattern, name.bytes.map { CChar(bitPattern: $0) } + [0], FNM_PERIOD) == 0
    }
}
