internal import Glibc

/// A pattern of file names as a shell has it: `*`, `?` and `[…]`.
struct ShellPattern {
    private let pattern: String

    init(_ pattern: String) {
        self.pattern = pattern
    }

    /// Whether a name matches.
    func matches(_ name: String) -> Bool {
        unsafe fnmatch(pattern, name, FNM_PERIOD) == 0
    }
}
