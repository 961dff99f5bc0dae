import Foundation
import Testing

@Suite("A tool run as a user runs it")
struct ToolHarnessTests {
    private let shell = URL(filePath: "/bin/sh")

    @Test("is found beside the tests, and answers")
    func version() throws {
        let outcome = try Tool.run("eval", ["--version"])
        #expect(outcome.output == "eval (Reassemble) 0.4.0\n")
        #expect(outcome.errors == "")
        #expect(outcome.exitCode == 0)
    }

    @Test("gives back its code, its output and its errors")
    func outcome() throws {
        let script = "echo out; echo err >&2; exit 7"
        let outcome = try Tool.run(executable: shell, ["-c", script])
        #expect(outcome.exitCode == 7)
        #expect(outcome.output == "out\n")
        #expect(outcome.errors == "err\n")
    }

    @Test("gives back the signal that ended it")
    func signal() throws {
        let outcome = try Tool.run(executable: shell, ["-c", "exec sleep 20"], signal: SIGTERM)
        #expect(outcome.exitCode == 128 + SIGTERM)
    }

    @Test("is said to be missing where it is not built")
    func missing() {
        #expect(throws: Tool.NotBuilt.self) { try Tool.run("no-such-tool") }
    }
}
