import Foundation
import TestSupport
import Testing

/// Names of files and folders, which are bytes.
@Suite("Names of files and folders", .serialized)
struct FileNameTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Copies a folder's pictures into one of a name of any bytes, by a shell, as no text can name it.
    private func shell(_ script: String) throws {
        let outcome = try Tool.run(
            executable: URL(filePath: "/bin/bash"),
            ["-c", script],
            in: folder.url
        )
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
    }

    private func make(_ name: String) throws -> Tool.Outcome {
        try Tool.run(
            "make-records",
            ["-s", folder.path(name), "-o", folder.path("out-\(name)"), "--train-shards", "1"]
        )
    }

    @Test("that are no UTF-8 are told, and nothing goes on without them")
    func notText() throws {
        try TinyData.folders("a", in: folder) { $0 < 3 ? "c\($0)" : nil }
        try shell(
            #"mv a/c2 a/$'c\xe9'; mkdir -p d/train e/c; cp -r a/* d/train; cp a/c1/p0.JPEG e/c/$'p\xff.JPEG'"#
        )
        let fault = #"names that are not UTF-8 cannot be used: c\xE9; rename them"#
        let made = try make("a")
        #expect(made.exitCode == 3)
        #expect(made.complaints == ["\(folder.path("a")): \(fault)"])
        let seen = try TinyData.eval(["--data-dir", folder.path("a"), "--label-offset=1"])
        #expect(seen.exitCode == 3)
        #expect(seen.complaints == ["\(folder.path("a")): \(fault)"])
        let trained = try Tool.run("finetune", TinyData.training(folder, "d", "model"))
        #expect(trained.exitCode == 3)
        #expect(trained.complaints == ["\(folder.path("d/train")): \(fault)"])
        #expect(try make("e").complaints.first?.contains(#"cannot be used: p\xFF.JPEG"#) == true)
        try TinyData.records("r/validation-0", in: folder, 0..<2)
        try shell(#"cp r/validation-0 r/$'validation-\xff'"#)
        let records = try TinyData.eval(["--data-dir", folder.path("r")])
        #expect(records.exitCode == 3)
        #expect(records.complaints.last?.contains(#"cannot be used: validation-\xFF"#) == true)
    }

    @Test("are sorted by bytes, and are two where their bytes are")
    func bytes() throws {
        try TinyData.folders("b", in: folder) { ["e\u{301}a", "f", "n"][safe: $0 - 1] }
        #expect(try make("b").exitCode == 0)
        #expect(
            try folder.bytes("out-b/labels.txt") == Array("e\u{301}a\nf\nn\n".utf8)
        )
        try TinyData.folders("c", in: folder) { ["\u{E9}", "e\u{301}", "x"][safe: $0 - 1] }
        let made = try make("c")
        #expect(made.output.hasPrefix("wrote 6 training"))
        #expect(
            try folder.bytes("out-c/labels.txt") == Array("e\u{301}\nx\n\u{E9}\n".utf8)
        )
        // Names in a file are found by bytes too.
        let names = try folder.write("\u{E9}\nx\n", to: "names")
        let refused = try TinyData.eval(["--data-dir", folder.path("c"), "--label-file", names])
        #expect(refused.exitCode == 3)
        #expect(refused.complaints.first?.contains("called like no known class: e\u{301}") == true)
    }

    @Test("on the command line are told where they are no UTF-8")
    func arguments() throws {
        let eval = try Tool.url("eval").path(percentEncoded: false)
        let outcome = try Tool.run(
            executable: URL(filePath: "/bin/bash"),
            ["-c", #"'\#(eval)' --data-dir $'t\xff'"#]
        )
        #expect(outcome.exitCode == 3)
        #expect(
            outcome.errors
                == "eval: 't\\xFF' is not UTF-8 and cannot be used; rename what it names\n"
        )
    }

    @Test(
        "of classes: a file that is missing, no text, doubled, or of other names is told with its lines"
    )
    func labelFiles() throws {
        try TinyData.folders("data", in: folder) { $0 < 4 ? "n0144000\($0)" : nil }
        func complaint(_ text: [UInt8]?) throws -> String? {
            let path = try text.map { try folder.write($0, to: "names") } ?? folder.path("none")
            let outcome = try TinyData.eval([
                "--data-dir", folder.path("data"), "--label-file", path, "--label-offset=1",
            ])
            #expect(outcome.exitCode == 3 || text != nil)
            return outcome.exitCode == 0
                ? "\(outcome.figure("accuracy") ?? -1)" : outcome.complaints.last
        }
        let names = folder.path("names")
        #expect(try complaint(nil) == "\(folder.path("none")): there is no such file")
        #expect(
            try complaint(Array("a\n".utf8) + [0x63, 0xE9, 0x0A])
                == #"\#(names): line 2: expected UTF-8, found 'c\xE9'"#
        )
        #expect(
            try complaint(Array("a\n\nb\n".utf8))
                == "\(names): line 2: expected the name of a class, found nothing"
        )
        #expect(try complaint([]) == "\(names): there are no names of classes in it")
        #expect(
            try complaint(Array("tench\ngoldfish\n".utf8))?.hasSuffix(
                "n01440001, n01440002, n01440003; \(names) begins with 'tench'"
            ) == true
        )
        let twice = "n01440001\nn01440002\nn01440003\nn01440001\n"
        #expect(
            try complaint(Array(twice.utf8))?.hasSuffix(
                "the folder 'n01440001' may be any of several classes: lines 1, 4 of \(names) have "
                    + "its name"
            ) == true
        )
        // A list of synsets and words, with Windows' line ends and a mark in front.
        let words = "\u{FEFF}n01440001 tench, Tinca\r\nn01440002 goldfish\r\nn01440003 shark\r\n"
        let plain = "n01440001\nn01440002\nn01440003\n"
        #expect(try complaint(Array(words.utf8)) == complaint(Array(plain.utf8)))
    }
}

extension Array {
    fileprivate subscript(safe index: Int) -> Element? {
        indices.contains(index) ? self[index] : nil
    }
}
