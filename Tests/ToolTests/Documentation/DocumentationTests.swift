import Foundation
import TestSupport
import Testing

/// Every command of README and docs, run as it is written, in a folder that has what it names.
@Suite("The documentation")
struct DocumentationTests {
    static let pages: [String] = {
        let docs = Fixture.root.appending(path: "docs").path(percentEncoded: false)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: docs)) ?? []
        return ["README.md"] + names.filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }
    }()

    @Test("has commands that run, and print what is shown", arguments: pages)
    func commands(page: String) throws {
        let text = try String(contentsOf: Fixture.root.appending(path: page), encoding: .utf8)
        let blocks = DocumentedBlock.blocks(of: text).filter { $0.reason == nil }
        guard !blocks.isEmpty else { return }
        let folder = try TemporaryFolder()
        try StandIns.place(in: folder, for: blocks.flatMap(\.commands).map(\.text).joined())
        let tools = try Tool.url("reassemble").deletingLastPathComponent()
        let environment = ["PATH": "\(tools.path(percentEncoded: false)):/usr/bin:/bin"]
        for command in blocks.flatMap(\.commands) {
            let outcome = try Tool.run(
                executable: URL(filePath: "/bin/bash"),
                ["-c", "exec 2>&1; " + command.text],
                environment: environment,
                in: folder.url
            )
            let place = "\(page), line \(command.line): \(command.text)"
            #expect(outcome.exitCode == 0, "\(place) ends with:\n\(outcome.output.suffix(2000))")
            let missing = command.missingLine(in: outcome.output)
            #expect(
                missing == nil,
                "\(place) prints no line '\(missing ?? "")':\n\(outcome.output.suffix(4000))"
            )
        }
    }

    @Test("has no command in a block that is never looked at")
    func blocks() throws {
        for page in Self.pages {
            let text = try String(contentsOf: Fixture.root.appending(path: page), encoding: .utf8)
            var isInside = false
            for line in text.split(separator: "\n") where line.hasPrefix("```") {
                isInside.toggle()
                let isKnown = ["```", "```sh", "```console"].contains(line)
                #expect(!isInside || isKnown, "\(page) has a block '\(line)'")
            }
            for block in DocumentedBlock.blocks(of: text) where block.reason == nil {
                #expect(!block.commands.isEmpty, "\(page), line \(block.line) has no command")
            }
        }
    }

    @Test("links to files that are there")
    func links() throws {
        for page in Self.pages + ["CONTRIBUTING.md"] {
            let url = Fixture.root.appending(path: page)
            let text = try String(contentsOf: url, encoding: .utf8)
            for part in text.components(separatedBy: "](").dropFirst() {
                let link = part.prefix { $0 != ")" && $0 != "#" }
                if link.isEmpty || link.contains("://") { continue }
                let target = url.deletingLastPathComponent().appending(path: String(link))
                let isThere = FileManager.default.fileExists(
                    atPath: target.path(percentEncoded: false)
                )
                #expect(isThere, "\(page) links to \(link)")
            }
        }
    }
}
