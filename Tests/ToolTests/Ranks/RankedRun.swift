import Foundation
import TestSupport

/// Tools that `mpirun` starts, as far as this machine has one and what the tools load was built.
struct RankedRun: Sendable {
    /// The program, and what it must be told to start more processes than there are cores, as root too.
    private let launcher: String
    private let flags: [String]

    /// The launchers of all MPI libraries that are here, each with the shared object of its library beside the tools.
    static let all: [RankedRun] = [
        ("openmpi", ["--allow-run-as-root", "--oversubscribe"]), ("mpich", []),
    ].compactMap { library, flags in
        guard
            let folder = try? Tool.url("eval").deletingLastPathComponent().path(
                percentEncoded: false
            ),
            FileManager.default.fileExists(atPath: "\(folder)/libreassemble-\(library).so"),
            let path = launcherPath(of: library)
        else { return nil }
        return RankedRun(launcher: path, flags: flags)
    }

    /// What is said where tests of ranks are left out.
    static let reason = "there is no mpirun, or what Scripts/mpi builds is not beside the tools"

    private static func launcherPath(of library: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        for name in ["mpirun.\(library)", "mpirun"] {
            for folder in folders {
                let path = "\(folder)/\(name)"
                if FileManager.default.isExecutableFile(atPath: path) { return path }
            }
        }
        return nil
    }

    /// A signal to one rank, as soon as there is something in a file that the work leaves.
    struct Signal {
        let name: String
        let rank: Int
        let file: String
    }

    /// Runs a tool on so many ranks, with one thread each.
    static func run(
        _ count: Int,
        _ tool: String,
        _ arguments: [String],
        by launcher: RankedRun? = nil,
        environment: [String: String?] = [:],
        signal: Signal? = nil
    ) throws -> Tool.Outcome {
        guard let run = launcher ?? all.first else {
            throw Tool.NotBuilt(name: "mpirun", searched: [])
        }
        // The shell becomes the tool, and leaves behind who sends the signal.
        let shell = signal.map { signal in
            [
                "sh", "-c",
                "if [ \"${OMPI_COMM_WORLD_RANK:-$PMI_RANK}\" = \(signal.rank) ]; then "
                    + "(while kill -0 $$ && [ ! -s '\(signal.file)' ]; do sleep 0.05; done; "
                    + "kill -\(signal.name) $$) >/dev/null 2>&1 & fi; exec \"$0\" \"$@\"",
            ]
        }
        return try Tool.run(
            executable: URL(filePath: run.launcher),
            run.flags + ["-n", "\(count)"] + (shell ?? [])
                + [Tool.url(tool).path(percentEncoded: false)] + arguments,
            environment: ["OMP_NUM_THREADS": "1"].merging(environment) { $1 }
        )
    }
}

extension TemporaryFolder {
    /// The bytes of all files below a folder, by their paths.
    func contents(below name: String) throws -> [String: Data] {
        var files: [String: Data] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: self.path(name)) {
            files[path] = FileManager.default.contents(atPath: "\(self.path(name))/\(path)")
        }
        return files
    }
}
