import Foundation

/// A block of commands in a page of documentation, as the page shows it.
///
/// A block of `console` has `$ ` before each command and shows what it prints: each shown line must be printed, in this
/// order; `…` stands for any text, and a line of it alone for any lines. A block of `sh` shows commands only. A comment
/// before the block says what else the test has to know:
///
///     <!-- test: append --stop-at-step 1 -->     so that the command ends soon
///     <!-- test: not run, it installs -->        with the reason
struct DocumentedBlock {
    /// A command, and what the page shows of what it prints.
    struct Command {
        let line: Int
        var text: String
        var output: [String] = []
    }

    /// The line on which the block begins.
    let line: Int
    /// Why the block is not run; nil where it is.
    let reason: String?
    private(set) var commands: [Command] = []

    /// The blocks of a page.
    static func blocks(of page: String) -> [DocumentedBlock] {
        var blocks: [DocumentedBlock] = []
        var remark = ""
        var lines = page.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
            .makeIterator()
        while let (number, line) = lines.next() {
            if line.hasPrefix("<!-- test: "), line.hasSuffix(" -->") {
                remark = String(line.dropFirst(11).dropLast(4))
            } else if line == "```sh" || line == "```console" {
                var content: [(Int, String)] = []
                while let (number, line) = lines.next(), line != "```" {
                    content.append((number + 1, String(line)))
                }
                blocks.append(
                    DocumentedBlock(
                        line: number + 1,
                        remark: remark,
                        content: content,
                        hasPrompts: line == "```console"
                    )
                )
                remark = ""
            } else if !line.isEmpty {
                remark = ""
            }
        }
        return blocks
    }

    private init(line: Int, remark: String, content: [(Int, String)], hasPrompts: Bool) {
        self.line = line
        let skipped = "not run, "
        reason = remark.hasPrefix(skipped) ? String(remark.dropFirst(skipped.count)) : nil
        var continues = false
        for (number, line) in content {
            let isCommand = !hasPrompts || continues || line.hasPrefix("$ ")
            if isCommand, continues {
                commands[commands.count - 1].text += "\n" + line
            } else if isCommand, !line.isEmpty {
                let text = String(line.dropFirst(hasPrompts ? 2 : 0))
                commands.append(Command(line: number, text: text))
            } else if !commands.isEmpty {
                commands[commands.count - 1].output.append(line)
            }
            continues = isCommand && line.hasSuffix("\\")
        }
        if remark.hasPrefix("append ") {
            for index in commands.indices {
                var parts = commands[index].text.components(separatedBy: "  #")
                parts[0] += " " + remark.dropFirst(7)
                commands[index].text = parts.joined(separator: "  #")
            }
        }
    }
}

extension DocumentedBlock.Command {
    /// The first shown line that was not printed; nil where all were, in their order.
    func missingLine(in printed: String) -> String? {
        let lines = printed.split(separator: "\n", omittingEmptySubsequences: false)
        var place = lines.startIndex
        for shown in output where shown != "…" && !shown.isEmpty {
            guard let found = lines[place...].firstIndex(where: { Self.line($0, is: shown) }) else {
                return shown
            }
            place = found + 1
        }
        return nil
    }

    private static func line(_ line: Substring, is shown: String) -> Bool {
        let parts = shown.components(separatedBy: "…")
        guard parts.count > 1 else { return line == shown }
        guard line.hasPrefix(parts[0]), line.hasSuffix(parts[parts.count - 1]) else { return false }
        var rest = line.dropFirst(parts[0].count)
        for part in parts.dropFirst() where !part.isEmpty {
            guard let range = rest.range(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return true
    }
}
