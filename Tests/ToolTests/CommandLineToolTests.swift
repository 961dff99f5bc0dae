import Foundation
import TestSupport
import Testing

/// What all tools do alike, seen on `eval`.
@Suite("A tool's command line")
struct CommandLineToolTests {
    @Test("shows its help on standard output, whatever else is given", arguments: ["--help", "-h"])
    func help(flag: String) throws {
        let outcome = try Tool.run("eval", [flag, "--bogus"])
        #expect(outcome.exitCode == 0 && outcome.errors == "")
        #expect(outcome.output.hasPrefix("eval: measure a TensorFlow 1 network"))
        #expect(outcome.output.hasSuffix("--data_dir is --data-dir.\n"))
        for line in outcome.output.split(separator: "\n") { #expect(line.count <= 80) }
    }

    @Test("says all that is wrong on standard error, and ends with 2")
    func usage() throws {
        let outcome = try Tool.run("eval", ["--resnet_sise", "50", "--batch-size=0"])
        let expected = """
            eval: --resnet_sise: no such option; did you mean --resnet-size?
            eval: --batch-size: "0" is not what it takes: expected a whole number from 1 to 65536
            eval: see 'eval --help'

            """
        #expect(outcome.errors == expected)
        #expect(outcome.output == "" && outcome.exitCode == 2)
    }

    @Test("is known by the name that it was called by")
    func name() throws {
        let folder = try TemporaryFolder()
        let link = folder.url.appending(path: "reassemble-eval")
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: Tool.url("eval"))
        let help = try Tool.run(executable: link, ["--help"]).output
        #expect(help.hasPrefix("reassemble eval: measure"))
        let script = try Tool.run(executable: link, ["--generate-completion-script", "fish"])
        #expect(script.output.hasPrefix("# fish completion for reassemble-eval\n"))
        let manual = try Tool.run(executable: link, ["--generate-manual"]).output
        #expect(manual.hasPrefix(".TH REASSEMBLE-EVAL 1 "))
    }

    @Test(
        "has completions that its shell understands",
        arguments: ["bash", "zsh", "fish"]
    )
    func completions(shell: String) throws {
        let script = try Tool.run("eval", ["--generate-completion-script=\(shell)"])
        #expect(script.exitCode == 0 && script.errors == "")
        let place = URL(filePath: "/usr/bin/\(shell)")
        guard FileManager.default.isExecutableFile(atPath: place.path(percentEncoded: false)) else {
            return
        }
        let folder = try TemporaryFolder()
        let path = try folder.write(script.output, to: "script")
        let check = try Tool.run(executable: place, ["-n", path])
        #expect(check.exitCode == 0 && check.errors == "")
    }

    @Test("says that standard output is full, and ends with 3")
    func fullOutput() throws {
        let eval = try Tool.url("eval").path(percentEncoded: false)
        let outcome = try Tool.run(
            executable: URL(filePath: "/bin/sh"),
            ["-c", "exec '\(eval)' --help >/dev/full"]
        )
        #expect(outcome.errors == "eval: standard output: No space left on device\n")
        #expect(outcome.exitCode == 3)
    }
}
