import Foundation
import Suite
import TestSupport
import Testing

@Suite("The one command")
struct ReassembleCommandTests {
    @Test("runs the tool beside it, with its exit code, and under its own name in what it says")
    func runs() throws {
        let help = try Tool.run("reassemble", ["inspect", "--help"])
        #expect(help.exitCode == 0)
        #expect(help.output.hasPrefix("reassemble inspect: "))
        #expect(help.output.contains("\nUsage: reassemble inspect [options] "))
        #expect(help.output.contains("\n  reassemble inspect model.ckpt-2000\n"))
        let wrong = try Tool.run("reassemble", ["inspect", "--no-such"])
        #expect(wrong.exitCode == 2)
        #expect(wrong.errors.contains("see 'reassemble inspect --help'"))
        let missing = try Tool.run("reassemble", ["inspect", "/no/such/file"])
        #expect(missing.exitCode == 3)
        let same = try Tool.run("inspect", [Fixture.path("tiny/model")])
        let through = try Tool.run("reassemble", ["inspect", Fixture.path("tiny/model")])
        #expect(through.output == same.output && through.errors == same.errors)
    }

    @Test("lists the tools; help NAME is NAME --help")
    func help() throws {
        let help = try Tool.run("reassemble", ["--help"])
        #expect(help.exitCode == 0)
        for tool in SuiteTool.allCases {
            #expect(help.output.contains(tool.summary), "\(tool.rawValue)")
            let one = try Tool.run("reassemble", ["help", tool.rawValue])
            #expect(one.output.hasPrefix("reassemble \(tool.rawValue): "))
        }
        let nothing = try Tool.run("reassemble")
        #expect(nothing.exitCode == 2 && nothing.output.isEmpty && nothing.errors == help.output)
        let version = try Tool.run("reassemble", ["--version"]).output
        #expect(version == "reassemble (Reassemble) \(Reassemble.version)\n")
    }

    @Test("prints the newest version of the changelog, whose versions go down and have dates")
    func changelog() throws {
        let text = try String(
            contentsOf: Fixture.root.appending(path: "CHANGELOG.md"),
            encoding: .utf8
        )
        let heads = text.split(separator: "\n").filter { $0.hasPrefix("## ") }
        #expect(heads.first == "## Unreleased")
        let versions = heads.dropFirst().map { $0.dropFirst(3).split(separator: " ") }
        #expect(versions.first?.first.map { String($0) } == Reassemble.version)
        let day = /[0-9]{4}-[0-9]{2}-[0-9]{2}/
        for version in versions {
            #expect(version.count == 3 && version[1] == "-")
            #expect(version.last?.wholeMatch(of: day) != nil, "\(version)")
        }
        let dates = versions.compactMap { $0.last.map { String($0) } }
        #expect(dates == dates.sorted().reversed())
    }

    @Test("says which tool was meant, or that a file is no tool")
    func unknown() throws {
        let near = try Tool.run("reassemble", ["evla"])
        #expect(near.exitCode == 2)
        #expect(near.errors == "reassemble: there is no tool 'evla'; did you mean eval?\n")
        let file = try Tool.run("reassemble", [Fixture.path("tiny")])
        #expect(file.exitCode == 2)
        #expect(file.errors.contains("reassemble inspect \(Fixture.path("tiny"))"))
        let hostile = try Tool.run("reassemble", ["a\u{1B}[2J\n"])
        #expect(!hostile.errors.contains("\u{1B}"))
    }

    @Test("says which program is missing")
    func missing() throws {
        let folder = try TemporaryFolder()
        let copy = folder.url.appending(path: "reassemble")
        try FileManager.default.copyItem(at: Tool.url("reassemble"), to: copy)
        let alone = try Tool.run(executable: copy, ["eval"])
        #expect(alone.exitCode == 3)
        #expect(alone.errors.hasSuffix("/reassemble-eval' is missing\n"))
        try FileManager.default.copyItem(
            at: Tool.url("eval"),
            to: folder.url.appending(path: "reassemble-eval")
        )
        #expect(try Tool.run(executable: copy, ["eval", "--version"]).exitCode == 0)
    }

    @Test("hands arguments on byte for byte, also those that are no UTF-8")
    func bytes() throws {
        let program = try Tool.url("reassemble").path(percentEncoded: false)
        let outcome = try Tool.run(
            executable: URL(filePath: "/bin/bash"),
            ["-c", "'\(program)' inspect $'c\\xE9'"]
        )
        #expect(outcome.errors.contains(#"'c\xE9' is not UTF-8"#), "\(outcome.errors)")
    }

    @Test("completes tools, and each tool's options", arguments: ["bash", "zsh", "fish"])
    func completion(shell: String) throws {
        let script = try Tool.run("reassemble", ["--generate-completion-script", shell])
        #expect(script.exitCode == 0)
        for tool in SuiteTool.allCases { #expect(script.output.contains(tool.rawValue)) }
        guard shell == "bash" else { return }
        let program = try Tool.url("reassemble").path(percentEncoded: false)
        let asked = """
            source <('\(program)' --generate-completion-script bash)
            COMP_WORDS=('\(program)' ev); COMP_CWORD=1; _reassemble; echo "${COMPREPLY[*]}"
            COMP_WORDS=('\(program)' eval --label-o); COMP_CWORD=2; _reassemble; echo "${COMPREPLY[*]}"
            """
        let outcome = try Tool.run(executable: URL(filePath: "/bin/bash"), ["-c", asked])
        #expect(outcome.output == "eval\n--label-offset\n", "\(outcome.errors)")
    }

    @Test("knows no completions of other shells")
    func otherShells() throws {
        let outcome = try Tool.run("reassemble", ["--generate-completion-script", "tcsh"])
        #expect(outcome.exitCode == 2 && outcome.errors.contains("'tcsh'"))
    }
}
