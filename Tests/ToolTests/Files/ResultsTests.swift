import TestSupport
import Testing
import ToolSupport

@Suite("Results left behind")
struct ResultsTests {
    private var results: Results {
        var results = Results(schema: "reassemble.eval", version: 1)
        results.append("model", "a \"b\", c")
        results.append("accuracy", 0.648)
        results.append("images", 1000)
        results.append("loss", .number(.nan))
        results.append("hash", nil)
        results.append("partial", false)
        return results
    }

    @Test("are an object in a .json file")
    func json() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("r.json")
        let kind = try Results.FileKind(path: path, option: "--results-file")
        try results.write(to: path, as: kind, replacing: false)
        let expected = """
            {
              "schema": "reassemble.eval",
              "version": 1,
              "model": "a \\"b\\", c",
              "accuracy": 0.648,
              "images": 1000,
              "loss": "NaN",
              "hash": null,
              "partial": false
            }

            """
        #expect(try folder.text("r.json") == expected)
    }

    @Test("are two lines in a .csv file")
    func csv() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("r.CSV")
        let kind = try Results.FileKind(path: path, option: "--results-file")
        try results.write(to: path, as: kind, replacing: false)
        let expected =
            "model,accuracy,images,loss,hash,partial\r\n"
            + "\"a \"\"b\"\", c\",0.648,1000,nan,,false\r\n"
        #expect(try folder.text("r.CSV") == expected)
    }

    @Test("need a name that tells their kind", arguments: ["r.txt", "json", "r", "", "a.json/b"])
    func names(path: String) {
        let problem = OptionProblem.wrongValue(
            option: "-o",
            value: path,
            expected: "a file name that ends in .json or .csv"
        )
        #expect(throws: UsageError([problem])) {
            try Results.FileKind(path: path, option: "-o")
        }
    }

    @Test("replace a file only where that was asked for")
    func existing() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("old", to: "r.json")
        let error = ToolError(.file, file: path, "the file exists; --force replaces it")
        #expect(throws: error) { try results.write(to: path, as: .json, replacing: false) }
        #expect(try folder.text("r.json") == "old")
        try results.write(to: path, as: .json, replacing: true)
        #expect(try folder.text("r.json").hasPrefix("{\n  \"schema\""))
        #expect(try folder.names() == ["r.json"])
    }
}

@Suite("A file that a tool leaves behind")
struct ResultFileTests {
    @Test("holds all that was written, however much, once it is finished")
    func lines() throws {
        let folder = try TemporaryFolder()
        var file = try ResultFile(folder.path("lines"), replacing: false)
        for index in 0..<20_000 { try file.line(["index": .integer(index)]) }
        #expect(try !folder.names().contains("lines"))
        try file.finish()
        let lines = try folder.text("lines").split(separator: "\n")
        #expect(lines.count == 20_000)
        #expect(lines.first == #"{"index":0}"# && lines.last == #"{"index":19999}"#)
    }

    @Test("is not there where it was not finished")
    func unfinished() throws {
        let folder = try TemporaryFolder()
        do {
            var file = try ResultFile(folder.path("lines"), replacing: false)
            try file.write("text")
        }
        #expect(try folder.names() == [])
    }

    @Test("says what the system refuses")
    func refused() throws {
        let reason = "cannot be written: No space left on device"
        let error = ToolError(.file, file: "/dev/full", reason)
        #expect(throws: error) {
            var file = try ResultFile("/dev/full", replacing: true)
            try file.write("text")
            try file.finish()
        }
    }
}
