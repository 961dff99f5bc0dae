import Glibc

/// What the terminal behind standard error can show.
public struct Terminal: Equatable, Sendable {
    /// Whether somebody sees the stream while it is written.
    public let isInteractive: Bool

    /// Whether colours are wanted.
    public let showsColor: Bool

    /// Columns in a line.
    public let columns: Int

    package init(isInteractive: Bool, showsColor: Bool, columns: Int) {
        self.isInteractive = isInteractive
        self.showsColor = showsColor
        self.columns = columns
    }

    /// The terminal behind standard error.
    ///
    /// Nobody sees it of ranks that leave it to the first one to speak. Colours are off where `NO_COLOR` is set and not empty, or `TERM` is `dumb`.
    public static var current: Terminal {
        let isDumb = environment("TERM").map { $0 == "dumb" } ?? true
        let isInteractive = isatty(STDERR_FILENO) == 1 && !isDumb && !Ranks.isSilent
        return Terminal(
            isInteractive: isInteractive,
            showsColor: isInteractive && (environment("NO_COLOR") ?? "").isEmpty,
            columns: columns()
        )
    }

    private static func columns() -> Int {
        var size = winsize()
        let status = unsafe ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size)
        return status == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }
}

/// A variable of the environment.
package func environment(_ name: String) -> String? {
    unsafe getenv(name).map { unsafe String(cString: $0) }
}
