public import Engine
internal import Foundation
import Glibc
import Synchronization

/// The processes that share this run's work: this one alone, or those that `mpirun` or `srun` has started with it.
///
/// The first speaks for all: what others would print or tell is not written.
public enum Ranks {
    private struct State: Sendable {
        var current: any Communicator = Alone()
        var library: MPI?
        var hasAsked = false
    }

    private static let state = Mutex(State())
    /// Whether this process leaves it to the first rank to speak.
    private static let silence = Atomic<Bool>(false)

    /// The ranks.
    public static var current: any Communicator { state.withLock { $0.current } }

    /// Whether this process writes and speaks.
    public static var isFirst: Bool { current.isFirst }

    static var isSilent: Bool { silence.load(ordering: .relaxed) }

    /// Whether somebody wants this run to stop: a signal has come to this process or to another rank.
    ///
    /// A rank that finds a signal asks the others to stop.
    public static var isInterrupted: Bool {
        let (current, hasAsked) = state.withLock { ($0.current, $0.hasAsked) }
        guard current.count > 1 else { return Interruption.isRequested }
        if Interruption.isRequested {
            if !hasAsked {
                state.withLock { $0.hasAsked = true }
                current.askToStop()
            }
            return true
        }
        return current.isAskedToStop
    }

    /// Whether it is so for any rank; all ranks ask together, and get the same answer.
    public static func isAny(_ isSo: Bool) -> Bool {
        let current = current
        guard current.count > 1 else { return isSo }
        return current.gatherEverywhere([isSo ? 1 : 0]).contains([1])
    }

    /// Sentences of all ranks in the order of their places, at the first rank; one rank's stay as they are.
    public static func gather(_ told: [(place: Int, sentence: String)]) -> [String] {
        let current = current
        guard current.count > 1 else { return told.map(\.sentence) }
        let own = told.map { Told(place: $0.place, sentence: $0.sentence) }
        let bytes = (try? JSONEncoder().encode(own)).map { [UInt8]($0) } ?? []
        let all = current.gather(bytes).flatMap {
            (try? JSONDecoder().decode([Told].self, from: Data($0))) ?? []
        }
        return all.enumerated().sorted {
            ($0.element.place, $0.offset) < ($1.element.place, $1.offset)
        }
        .map(\.element.sentence)
    }

    private struct Told: Codable {
        let place: Int
        let sentence: String
    }

    /// Throws where other processes were started with this one, and what is to be done is one process's work.
    ///
    /// - Parameter what: What that is, for a sentence: `--check compares`.
    /// - Throws: ``ToolError`` with ``ExitCode/usage``.
    public static func refuse(_ what: String) throws(ToolError) {
        guard current.count > 1 else { return }
        throw ToolError(
            .usage,
            "\(what) in one process; \(current.count) were started (start one, or give --no-mpi)"
        )
    }

    // MARK: Beginning and ending

    /// Whether a tool's other processes answer for this one, as far as that is known before the command line is read.
    static func staysSilent(_ table: OptionTable, _ arguments: [String]) -> Bool {
        guard let launcher = Launcher.current, launcher.rank > 0, table.knows(RunOptions.mpi) else {
            return false
        }
        return !arguments.contains { ["--no-mpi", "--no_mpi", "--nompi"].contains($0) }
    }

    /// Finds the other processes, if there are any.
    ///
    /// - Throws: ``ToolError`` where a launcher has started several that cannot find each other.
    static func begin(_ options: ParsedOptions, _ table: OptionTable) throws {
        guard table.knows(RunOptions.mpi) else { return }
        let asked = options[RunOptions.mpi]
        let launcher = Launcher.current
        guard asked != false, asked == true || launcher?.count ?? 1 > 1 else { return }
        silence.store(launcher.map { $0.rank > 0 } ?? false, ordering: .relaxed)
        let library = try open(launcher)
        if let launcher, launcher.count != library.count {
            throw ToolError(
                .file,
                "\(launcher.name) has started \(launcher.count) processes, but \(library.name) knows of "
                    + "\(library.count): they belong to different MPI libraries (srun takes "
                    + "--mpi=pmix or --mpi=pmi2)"
            )
        }
        silence.store(library.rank > 0, ordering: .relaxed)
        state.withLock {
            $0.current = library
            $0.library = library
        }
        tellPlaces(library, options, Diagnostics(tool: table.tool))
    }

    private static func open(_ launcher: Launcher?) throws -> MPI {
        let names = (launcher?.libraries ?? Launcher.allLibraries).map { "libreassemble-\($0).so" }
        let candidates = folders.flatMap { folder in names.map { "\(folder)/\($0)" } }
        guard let path = candidates.first(where: FileManager.default.isReadableFile) else {
            let started = launcher.map {
                "\($0.name) has started \($0.count) processes, but this tool"
            }
            throw ToolError(
                .file,
                "\(started ?? "--mpi: this tool") was built without MPI: \(names.joined(separator: " or ")) "
                    + "is not in \(folders.joined(separator: " or ")); install MPI with its mpicc and "
                    + "run make again, or give --no-mpi"
            )
        }
        return try ToolError.about(path) { try MPI(path: path) }
    }

    /// Where shared objects may lie: beside the tool, or where `make install` puts them.
    private static var folders: [String] {
        let tool =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let folder = (tool as NSString).deletingLastPathComponent
        let above = (folder as NSString).deletingLastPathComponent
        return [folder, "\(above)/lib/reassemble"]
    }

    private static func tellPlaces(
        _ library: MPI,
        _ options: ParsedOptions,
        _ diagnostics: Diagnostics
    ) {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let place = Placement.Place(
            host: library.host,
            cores: Placement.cores(status),
            online: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))),
            threads: options[RunOptions.threads]
        )
        let bytes = (try? JSONEncoder().encode(place)).map { [UInt8]($0) } ?? []
        let places = library.gather(bytes).compactMap {
            try? JSONDecoder().decode(Placement.Place.self, from: Data($0))
        }
        guard library.isFirst else { return }
        let placement = Placement(places, library: library.name)
        diagnostics.note(placement.summary)
        for doubt in placement.doubts { diagnostics.warning(doubt) }
    }

    /// Waits a moment, as launchers end all when the first process ends with an error.
    static func letFirstSpeak() { usleep(1_000_000) }

    /// Lets this process speak of an error of its own, if no other speaks first.
    ///
    /// What all of them find is said by the first, which then ends all; so the others wait a moment.
    ///
    /// - Returns: who speaks, for the begin of a sentence.
    static func speakOfError() -> String {
        let (current, library) = state.withLock { ($0.current, $0.library) }
        guard current.count > 1, current.rank > 0 else { return "" }
        usleep(UInt32(1_000_000 + 50_000 * min(current.rank, 40)))
        silence.store(false, ordering: .relaxed)
        return "rank \(current.rank)\(library.map { " on \($0.host)" } ?? ""): "
    }

    /// Ends all ranks, as this one has failed.
    static func abort(_ code: ExitCode) {
        guard let library = state.withLock({ $0.library }), library.count > 1 else { return }
        library.abort(code: code.rawValue)
    }

    /// Ends together with all other ranks.
    ///
    /// - Returns: the exit code of this process: the first one's tells.
    static func end(_ code: ExitCode) -> Int32 {
        guard let library = state.withLock({ $0.library }) else { return code.rawValue }
        let codes = library.gather([UInt8(truncatingIfNeeded: code.rawValue)])
        library.finish()
        return library.isFirst ? Int32(codes.compactMap(\.first).max() ?? 0) : 0
    }
}
