/// The options of running that tools share.
public enum RunOptions {
    /// Threads that compute.
    public static let threads = Option(
        "threads",
        .integer(1...1024),
        letter: "j",
        aliases: ["workers", "num-workers"],
        defaultText: "every core that may be used",
        absent: { AvailableCores.count },
        help: "Threads that compute."
    )
    /// Whether the work is shared between processes.
    public static let mpi = Option(
        openFlag: "mpi",
        help: "Share the work between the processes that mpirun or srun has started; without it "
            + "that is done where there are several. --no-mpi: each works for itself."
    )
    /// The progress line.
    public static let progress = Option(
        flag: "progress",
        default: true,
        help: "No progress line; there is none either where standard error is not a terminal."
    )
    /// Replacing files.
    public static let force = Option(
        flag: "force",
        letter: "f",
        help: "Replace files that exist."
    )
    /// JSON in place of text.
    public static let json = Option(flag: "json", help: "Print the result as JSON.")
}
