import Foundation

/// The built tools, run as a user runs them.
enum Tool {
    /// How a run ended, and what it printed.
    struct Outcome {
        /// The exit code; for a process that a signal ended, 128 and the signal's number.
        let exitCode: Int32
        let output: String
        let errors: String
    }

    /// A tool that has not been built.
    struct NotBuilt: Error {
        let name: String
        let searched: [String]
    }

    /// Runs a tool to its end.
    ///
    /// `environment` is added to this process's; a variable set to nil is taken away. `signal` is sent `times`
    /// times when `delay` has passed.
    static func run(
        _ name: String,
        _ arguments: [String] = [],
        environment: [String: String?] = [:],
        in folder: URL? = nil,
        signal: Int32? = nil,
        times: Int = 1,
        after delay: Duration = .zero
    ) throws -> Outcome {
        try run(
            executable: url(name),
            arguments,
            environment: environment,
            in: folder,
            signal: signal,
            times: times,
            after: delay
        )
    }

    /// Runs any program, such as a shell, to its end.
    static func run(
        executable: URL,
        _ arguments: [String],
        environment: [String: String?] = [:],
        in folder: URL? = nil,
        signal: Int32? = nil,
        times: Int = 1,
        after delay: Duration = .zero
    ) throws -> Outcome {
        // Files take any amount of output without anybody reading along.
        let place = FileManager.default.temporaryDirectory
            .appending(path: "reassemble-run-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: place) }
        let output = place.appending(path: "output")
        let errors = place.appending(path: "errors")
        for file in [output, errors] { try Data().write(to: file) }

        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = ProcessInfo.processInfo.environment
            .merging(environment.compactMapValues { $0 }) { $1 }
            .filter { environment[$0.key] != .some(nil) }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        try withSignalsOpen { try process.run() }
        if let signal {
            Thread.sleep(forTimeInterval: delay / .seconds(1))
            for _ in 0..<times { kill(process.processIdentifier, signal) }
        }
        process.waitUntilExit()
        let status = process.terminationStatus
        return Outcome(
            exitCode: process.terminationReason == .uncaughtSignal ? 128 + status : status,
            output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self)
        )
    }

    /// Runs `body` with no signal blocked.
    ///
    /// The threads that tests run on block signals, and a process that they start would inherit that.
    private static func withSignalsOpen(_ body: () throws -> Void) rethrows {
        var open = sigset_t()
        var before = sigset_t()
        unsafe sigemptyset(&open)
        unsafe pthread_sigmask(SIG_SETMASK, &open, &before)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
        try body()
    }

    /// Where a tool lies: beside the tests, whichever way they were built.
    static func url(_ name: String) throws -> URL {
        let running = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let candidates = [running, CommandLine.arguments.first].compactMap { $0 }
            .map { URL(filePath: $0).deletingLastPathComponent().appending(path: name) }
        let isThere = { (url: URL) in
            FileManager.default.isExecutableFile(atPath: url.path(percentEncoded: false))
        }
        guard let url = candidates.first(where: isThere) else {
            throw NotBuilt(name: name, searched: candidates.map { $0.path(percentEncoded: false) })
        }
        return url
    }
}
