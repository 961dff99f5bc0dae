import Testing
import ToolSupport
import Synchronization

@Suite("What a tool says when it gives up")
struct ToolErrorTests {
    private struct Broken: Error, CustomStringConvertible {
        var description: String { "block 3 is cut off" }
    }

    @Test("names the file before each line")
    func lines() {
        let error = ToolError(.mismatch, file: "model.ckpt", "a is missing\nb is too wide")
        #expect(error.description == "model.ckpt: a is missing\nmodel.ckpt: b is too wide")
        #expect(ToolError(.file, "there is no data").description == "there is no data")
    }

    @Test("keeps the sentence of the module that found the fault")
    func wrapped() {
        let expected = ToolError(.file, file: "a.index", "block 3 is cut off")
        #expect(throws: expected) { try ToolError.about("a.index") { throw Broken() } }
        let mismatch = ToolError(.mismatch, "block 3 is cut off")
        #expect(throws: mismatch) {
            try ToolError.about(nil, exitCode: .mismatch) { throw Broken() }
        }
    }

    @Test("is passed on as it is, and so is a wrong command line")
    func passed() throws {
        let error = ToolError(.no, "they differ")
        #expect(throws: error) { try ToolError.about("a") { throw error } }
        let usage = UsageError("--a and --b exclude each other")
        #expect(throws: usage) { try ToolError.about("a") { throw usage } }
        #expect(try ToolError.about("a") { 7 } == 7)
    }

    @Test("stands after the tool's name, with its kind")
    func diagnostics() {
        let written = Mutex("")
        let diagnostics = Diagnostics(tool: "eval") { text in written.withLock { $0 += text } }
        diagnostics.error(ToolError(.file, file: "f", "a\nb"))
        diagnostics.note("n")
        diagnostics.warning("w")
        let expected = "eval: f: a\neval: f: b\neval: note: n\neval: warning: w\n"
        #expect(written.withLock { $0 } == expected)
    }

    @Test("has one meaning for each exit code")
    func codes() {
        #expect(ExitCode.allCases.map(\.rawValue) == [0, 1, 2, 3, 4, 130])
    }
}
