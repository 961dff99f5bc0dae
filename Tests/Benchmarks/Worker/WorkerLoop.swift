import Foundation

/// Work that can be repeated and whose result can be looked at.
protocol Work {
    /// What the driver is told at the start, as the inside of a JSON object.
    var facts: [String: Double] { get }
    /// Does the work once.
    func run() throws
    /// The result of the last run.
    var result: [Float] { get }
}

/// Answers the driver, line by line, on standard output.
///
/// `run N` is answered by `seconds S1 … SN`; `logits PATH` writes the last result as little-endian float32 and is answered
/// by `done`; `memory` by `memory BYTES`, the peak so far. The first line is `ready JSON`.
struct WorkerLoop {
    private let work: any Work

    init(_ work: any Work) {
        self.work = work
    }

    func run() throws {
        let facts = try JSONEncoder().encode(work.facts)
        answer("ready \(String(decoding: facts, as: UTF8.self))")
        while let line = readLine() {
            let words = line.split(separator: " ", maxSplits: 1).map(String.init)
            switch words.first {
            case "run": answer(try seconds(of: words.dropFirst().first.flatMap { Int($0) } ?? 1))
            case "logits": try save(to: words.dropFirst().first ?? "")
            case "memory": answer("memory \(Self.peakMemory)")
            default: answer("unknown command \(line)")
            }
        }
    }

    private func seconds(of runs: Int) throws -> String {
        let clock = ContinuousClock()
        let times = try (0..<runs).map { _ in try clock.measure { try work.run() } }
        return "seconds " + times.map { "\($0 / .seconds(1))" }.joined(separator: " ")
    }

    private func save(to path: String) throws {
        let bytes = work.result.flatMap { value in
            (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
        }
        try Data(bytes).write(to: URL(filePath: path))
        answer("done")
    }

    private func answer(_ line: String) {
        FileHandle.standardOutput.write(Data("\(line)\n".utf8))
    }

    /// The largest resident size of this process so far, in bytes.
    static var peakMemory: Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line?.split(separator: " ").compactMap { Int($0) }.first.map { $0 * 1024 } ?? 0
    }
}
