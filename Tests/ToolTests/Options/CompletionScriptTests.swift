import Foundation
import TestSupport
import Testing
import ToolSupport

@Suite("A completion script")
struct CompletionScriptTests {
    private static func shell(_ name: String) -> URL {
        let folders = ["/bin/", "/usr/bin/", "/usr/local/bin/"]
        let place = folders.first { FileManager.default.isExecutableFile(atPath: $0 + name) }
        return URL(filePath: (place ?? "/nowhere/") + name)
    }

    private static func hasShell(_ name: String) -> Bool {
        !shell(name).path(percentEncoded: false).hasPrefix("/nowhere")
    }

    /// What bash offers for words, the last of which is being typed.
    private func bash(_ words: [String], in folder: TemporaryFolder) throws -> [String] {
        try folder.write(Small.table.completionScript(for: .bash), to: ".small.bash")
        let quoted = words.map { "'\($0)'" }.joined(separator: " ")
        let script = """
            source ./.small.bash
            COMP_WORDS=(\(quoted)); COMP_CWORD=\(words.count - 1)
            _small 2>/dev/null
            ((${#COMPREPLY[@]})) && printf '%s\\n' "${COMPREPLY[@]}"; true
            """
        let outcome = try Tool.run(
            executable: Self.shell("bash"),
            ["--norc", "-c", script],
            in: folder.url
        )
        #expect(outcome.exitCode == 0 && outcome.errors == "")
        return outcome.output.split(separator: "\n").map { String($0) }.sorted()
    }

    @Test(
        "offers names, words, files and folders in bash",
        arguments: [
            (["small", "--m"], ["--method"]),
            (["small", "--no-"], ["--no-progress"]),
            (["small", "--cache_"], ["--cache-dir"]),
            (["small", "--generate"], ["--generate-completion-script", "--generate-manual"]),
            (["small", "--method", ""], ["exact", "fast"]),
            (["small", "--method", "e"], ["exact"]),
            (["small", "--method", "="], ["exact", "fast"]),
            (["small", "--method", "=", "f"], ["fast"]),
            (["small", "--output", "f"], ["file", "folder"]),
            (["small", "-o", "f"], ["file", "folder"]),
            (["small", "--cache-dir", ""], ["folder"]),
            (["small", "--cache_dir", "=", "f"], ["folder"]),
            (["small", "-s", ""], []),
            (["small", "--a-name-that-is-too-long", ""], []),
            (["small", "fi"], ["file"]),
            (["small", "--gp"], []),
        ]
    )
    func bashOffers(words: [String], offers: [String]) throws {
        let folder = try TemporaryFolder()
        try folder.write("", to: "file")
        try FileManager.default.createDirectory(
            at: folder.url.appending(path: "folder"),
            withIntermediateDirectories: true
        )
        #expect(try bash(words, in: folder) == offers)
    }

    @Test(
        "offers names and words in fish",
        .enabled(if: hasShell("fish")),
        arguments: [
            ("small --m", ["--method"]), ("small --method ", ["exact", "fast"]),
            ("small --method=e", ["--method=exact"]), ("small --no-", ["--no-progress"]),
            ("small --cache-dir fo", ["folder/"]), ("small -q --out", ["--output"]),
        ]
    )
    func fishOffers(line: String, offers: [String]) throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            at: folder.url.appending(path: "folder"),
            withIntermediateDirectories: true
        )
        try folder.write(Small.table.completionScript(for: .fish), to: "small.fish")
        let outcome = try Tool.run(
            executable: Self.shell("fish"),
            ["--no-config", "-c", "source small.fish; complete -C '\(line)'"],
            environment: ["HOME": folder.path("")],
            in: folder.url
        )
        #expect(outcome.exitCode == 0 && outcome.errors == "")
        let names = outcome.output.split(separator: "\n").map { line in
            String(line.prefix { $0 != "\t" })
        }
        #expect(names.sorted() == offers)
    }

    @Test("is taken by zsh, with every option", .enabled(if: hasShell("zsh")))
    func zsh() throws {
        let folder = try TemporaryFolder()
        try folder.write(Small.table.completionScript(for: .zsh), to: "_small")
        // In place of zsh's own, which needs a terminal: print what the options are said to be.
        let script = """
            function _arguments { print -rl -- "$@" }
            function compdef { print -r -- "compdef $@" }
            source ./_small
            _small
            """
        let outcome = try Tool.run(
            executable: Self.shell("zsh"),
            ["-f", "-c", script],
            in: folder.url
        )
        #expect(outcome.exitCode == 0 && outcome.errors == "")
        let expected = #"""
            compdef _small small
            -s
            -S
            --output=[Where to write.]:FILE:_files
            -o+[Where to write.]:FILE:_files
            --cache-dir=[Where to keep what it's worth.]:DIR:_files -/
            --method=[How the numbers are computed.]:NAME:(fast exact)
            --a-name-that-is-too-long=[A size that is explained in more words than there is room for in one line of text.]:N: 
            -s+[A size that is explained in more words than there is room for in one line of text.]:N: 
            --threads=[Threads. They compute.]:N: 
            -j+[Threads. They compute.]:N: 
            --quiet[Say less \[much\]\: it's \\fine.]
            -q[Say less \[much\]\: it's \\fine.]
            --no-progress[No progress line.]
            --help[Show this text.]
            -h[Show this text.]
            --version[Show the version.]
            --generate-completion-script=[Write a completion script.]:SHELL:(bash zsh fish)
            --generate-manual[Write the manual page (roff).]
            *:file:_files

            """#
        #expect(outcome.output == expected)
    }
}
