import Testing
import ToolSupport

/// A small tool.
enum Small {
    static let input = Option(operand: "INPUT", ValueKind<String>.file(), help: "What to read.")
    static let more = Option(operands: "MORE", each: .file(), help: "What else to read.")
    static let output = Option("output", .file(), letter: "o", help: "Where to write.")
    static let folder = Option("cache-dir", .folder(), help: "Where to keep what it's worth.")
    static let method = Option(
        "method",
        .choice(["fast", "exact"]),
        default: "fast",
        help: "How the numbers are computed."
    )
    static let size = Option(
        "a-name-that-is-too-long",
        .integer(1...9),
        letter: "s",
        default: 3,
        help: "A size that is explained in more words than there is room for in one line of text."
    )
    static let threads = Option(
        "threads",
        .integer(1...64),
        letter: "j",
        defaultText: "every core",
        absent: { 1 },
        help: "Threads. They compute."
    )
    static let quiet = Option(flag: "quiet", letter: "q", help: "Say less [much]: it's \\fine.")
    static let progress = Option(flag: "progress", default: true, help: "No progress line.")

    static let table = OptionTable(
        tool: "small",
        summary: "do a little",
        examples: [
            .init("just do it", "small a.txt b.txt"),
            .init("do it in two lines", "small --method=exact\n--output out.txt a.txt b.txt"),
        ],
        operands: [input, more],
        groups: [
            OptionGroup("Files", [output, folder]),
            OptionGroup("Running", [method, size, threads, quiet, progress]),
            OptionGroup(
                "Unused",
                [UnusedOption("gpus", because: "there are none"), UnusedOption(flag: "clean")]
            ),
        ],
        unusedNote: "not used"
    )
}

@Suite("--help")
struct HelpTextTests {
    @Test("shows examples, arguments, options by subject and what has no effect")
    func whole() {
        let expected = """
            small: do a little

            Examples:
              # just do it
              small a.txt b.txt
              # do it in two lines
              small --method=exact \\
                  --output out.txt a.txt b.txt

            Usage: small [options] INPUT MORE…

            Arguments:
              INPUT                       What to read.
              MORE                        What else to read.

            Files:
              -o, --output FILE           Where to write.
              --cache-dir DIR             Where to keep what it's worth.

            Running:
              --method NAME               How the numbers are computed (fast or exact;
                                          default: fast).
              -s, --a-name-that-is-too-long N
                                          A size that is explained in more words than there
                                          is room for in one line of text (default: 3).
              -j, --threads N             Threads. They compute (default: every core).
              -q, --quiet                 Say less [much]: it's \\fine.
              --no-progress               No progress line.

            General:
              -h, --help                  Show this text.
              --version                   Show the version.
              --flagfile FILE             More flags, one a line; # begins a comment.
              --generate-completion-script SHELL
                                          Write a completion script (bash, zsh or fish).
              --generate-manual           Write the manual page (roff).

            Taken from published commands, and not used:
              --clean
              --gpus                      there are none

            Names may be typed with underscores: --data_dir is --data-dir.

            """
        #expect(Small.table.helpText() == expected)
    }

    @Test("is at most 80 columns wide")
    func width() {
        for line in Small.table.helpText().split(separator: "\n") { #expect(line.count <= 80) }
    }

    @Test("names the tool as it is typed")
    func name() {
        let text = Small.table.helpText(program: "reassemble-small")
        #expect(text.hasPrefix("reassemble small: do a little\n"))
        #expect(text.contains("\n  reassemble small --method=exact \\\n"))
        #expect(text.contains("\nUsage: reassemble small [options] INPUT MORE…\n"))
    }
}
