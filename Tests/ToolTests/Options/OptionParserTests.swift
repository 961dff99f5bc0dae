import Suite
import Testing
import ToolSupport

/// Options of every kind.
private enum Sample {
    static let folder = Option("data-dir", .folder(), aliases: ["dd"], help: "A folder.")
    static let size = Option("size", .integer(1...64), letter: "s", default: 8, help: "A size.")
    static let offset = Option("offset", .integer(), help: "An offset.")
    static let layers = Option("layers", .integer(oneOf: [50, 152]), help: "Layers.")
    static let rate = Option("rate", .number(0...1), help: "A rate.")
    static let keep = Option("keep", .list(.number(0...1)), default: [1, 0.9], help: "Two rates.")
    static let method = Option("method", .choice(["FAST", "GOOD", ""]), help: "A method.")
    static let color = Option("color", .choice(of: Color.self), default: .red, help: "A colour.")
    static let force = Option(flag: "force", letter: "f", help: "Replace.")
    static let quiet = Option(flag: "quiet", letter: "q", help: "Say less.")
    static let progress = Option(flag: "progress", default: true, help: "No progress.")
    static let noDownsample = Option(openFlag: "no-downsample", help: "Keep the size.")
    static let images = Option("images", each: .file(), letter: "i", help: "Pictures.")
    static let file = Option("file", .file(), letter: "o", help: "A file.")
    static let text = Option("text", .text(), default: "", help: "Text.")
    static let gpus = UnusedOption("num-gpus", because: "there are none")
    static let clean = UnusedOption(flag: "clean")

    enum Color: String, CaseIterable, Sendable {
        case red
        case green
    }

    static let table = OptionTable(
        tool: "sample",
        summary: "a sample",
        examples: [],
        groups: [
            OptionGroup(
                "All",
                [
                    folder, size, offset, layers, rate, keep, method, color, force, quiet, progress,
                    noDownsample, images, file, text, gpus, clean,
                ]
            )
        ]
    )
}

private func parse(_ arguments: String...) throws(UsageError) -> ParsedOptions {
    try Sample.table.parse(arguments)
}

@Suite("A command line")
struct OptionParserTests {
    @Test("leaves every option at its default where it is empty")
    func defaults() throws {
        let options = try parse()
        #expect(options[Sample.folder] == nil)
        #expect(options[Sample.size] == 8)
        #expect(options[Sample.keep] == [1, 0.9])
        #expect(options[Sample.color] == .red)
        #expect(options[Sample.force] == false)
        #expect(options[Sample.progress] == true)
        #expect(options[Sample.noDownsample] == nil)
        #expect(options[Sample.images] == [])
        #expect(!options.isGiven(Sample.size))
        #expect(options.spelling(of: Sample.folder) == "--data-dir")
        #expect(options.warnings == [] && options.unused.isEmpty)
    }

    @Test(
        "gives a value after a blank or an equals sign, in either spelling, and by a short name",
        arguments: [
            ["--data-dir", "a=b"], ["--data-dir=a=b"], ["--data_dir", "a=b"], ["--data_dir=a=b"],
            ["--dd", "a=b"], ["-dd=a=b"], ["-data_dir", "a=b"], ["--data-dir=x", "--data_dir=a=b"],
        ]
    )
    func values(arguments: [String]) throws {
        #expect(try Sample.table.parse(arguments)[Sample.folder] == "a=b")
    }

    @Test("remembers how an option was spelled")
    func spelling() throws {
        #expect(try parse("--data_dir=x").spelling(of: Sample.folder) == "--data_dir")
        #expect(try parse("-s", "4").spelling(of: Sample.size) == "-s")
        #expect(try parse("-s", "4").isGiven(Sample.size))
    }

    @Test(
        "gives a value after a letter, joined or not",
        arguments: [["-s", "12"], ["-s12"], ["-s=12"], ["-fs12"], ["-fqs", "12"]]
    )
    func letters(arguments: [String]) throws {
        let options = try Sample.table.parse(arguments)
        #expect(options[Sample.size] == 12)
        #expect(options[Sample.force] == (arguments[0].hasPrefix("-f")))
        #expect(options[Sample.quiet] == (arguments[0].hasPrefix("-fq")))
    }

    @Test(
        "turns a truth on",
        arguments: [
            ["--force"], ["--force=True"], ["--force=true"], ["--force", "True"], ["--force=1"],
            ["-f"], ["-f=True"], ["--force=False", "--force"], ["--force=t"], ["--force=yes"],
        ]
    )
    func truth(arguments: [String]) throws {
        #expect(try Sample.table.parse(arguments)[Sample.force])
    }

    @Test(
        "turns a truth off",
        arguments: [
            ["--progress=False"], ["--progress", "False"], ["--no-progress"], ["--noprogress"],
            ["--no_progress"], ["--progress", "--no-progress"], ["--progress=0"],
        ]
    )
    func untruth(arguments: [String]) throws {
        #expect(try !Sample.table.parse(arguments)[Sample.progress])
    }

    @Test("tells a truth that is named no-… from the denial of another")
    func namedNo() throws {
        #expect(try parse("--no_downsample")[Sample.noDownsample] == true)
        #expect(try parse("--no-downsample=False")[Sample.noDownsample] == false)
        #expect(try parse("--nono-downsample")[Sample.noDownsample] == false)
        let error = OptionProblem.unknownOption("--downsample", nearest: ["--no-downsample"])
        #expect(throws: UsageError([error])) { try parse("--downsample") }
    }

    @Test("takes only True and False as the word after a truth")
    func wordAfterTruth() throws {
        let error = OptionProblem.unexpectedArgument("1")
        #expect(throws: UsageError([error])) { try parse("--force", "1") }
    }

    @Test("gives all values of an option that takes several, until the next option")
    func several() throws {
        let options = try parse("--images", "a", "b", "-f", "-i", "c", "-", "--images=d", "-ie")
        #expect(options[Sample.images] == ["a", "b", "c", "-", "d", "e"])
        #expect(options[Sample.force])
    }

    @Test("takes negative numbers for values and not for options")
    func negative() throws {
        #expect(try parse("--offset", "-3")[Sample.offset] == -3)
        #expect(try parse("--offset=-3")[Sample.offset] == -3)
    }

    @Test("reads numbers, lists and choices")
    func kinds() throws {
        #expect(try parse("--rate=1e-4")[Sample.rate] == 1e-4)
        #expect(try parse("--keep=0.9, 0.7")[Sample.keep] == [0.9, 0.7])
        #expect(try parse("--keep=")[Sample.keep] == [])
        #expect(try parse("--method=")[Sample.method] == "")
        #expect(try parse("--color", "green")[Sample.color] == .green)
        #expect(try parse("--layers", "152")[Sample.layers] == 152)
    }

    @Test(
        "is refused where a value is not of its kind, with what was expected",
        arguments: [
            ("--size", "0", "a whole number from 1 to 64"),
            ("--size", "", "a whole number from 1 to 64"),
            ("--size", "1.0", "a whole number from 1 to 64"),
            ("--size", "99999999999999999999", "a whole number from 1 to 64"),
            ("--offset", "x", "a whole number"), ("--layers", "51", "50 or 152"),
            ("--rate", "1.5", "a number from 0.0 to 1.0"),
            ("--rate", "nan", "a number from 0.0 to 1.0"),
            ("--keep", "0.9,", "a list with commas between, each a number from 0.0 to 1.0"),
            ("--method", "fast", "FAST, GOOD or \"\""), ("--color", "blue", "red or green"),
            ("--force", "maybe", "True or False"), ("--data_dir", "", "the path of a folder"),
        ]
    )
    func wrongValues(option: String, value: String, expected: String) {
        let error = OptionProblem.wrongValue(option: option, value: value, expected: expected)
        #expect(throws: UsageError([error])) { try parse("\(option)=\(value)") }
    }

    @Test("is refused where a value is missing", arguments: [["--size"], ["--size", "--force"]])
    func missingValue(arguments: [String]) {
        let error = OptionProblem.missingValue(option: "--size", placeholder: "N")
        #expect(throws: UsageError([error])) { try Sample.table.parse(arguments) }
    }

    @Test("is refused where several values are missing")
    func missingValues() {
        let error = OptionProblem.missingValue(option: "-i", placeholder: "FILE…")
        #expect(throws: UsageError([error])) { try parse("-i", "--force") }
    }

    @Test("takes a doubled equals sign for one, with a warning, where that gives a value")
    func doubledEquals() throws {
        let options = try parse("--no_downsample==False", "--size==4")
        #expect(options[Sample.noDownsample] == false)
        #expect(options[Sample.size] == 4)
        #expect(
            options.warnings == [
                "--no_downsample==False: taken as --no_downsample=False",
                "--size==4: taken as --size=4",
            ]
        )
        let error = OptionProblem.wrongValue(
            option: "--size",
            value: "=x",
            expected: "a whole number from 1 to 64"
        )
        #expect(throws: UsageError([error])) { try parse("--size==x") }
        #expect(try parse("--text==x")[Sample.text] == "=x")
    }

    @Test(
        "is refused with an unknown option, with the names most like it",
        arguments: [
            ("--siez", ["--size"]), ("--data_dri=x", ["--data-dir"]), ("--colour", ["--color"]),
            ("--zzzzzzzz", []), ("--pro", ["--progress"]), ("-x", []),
            ("--fiel", ["--file"]), ("--", nil),
        ]
    )
    func unknown(argument: String, nearest: [String]?) {
        guard let nearest else { return }
        let spelling = String(argument.prefix { $0 != "=" })
        let error = OptionProblem.unknownOption(spelling, nearest: nearest)
        #expect(throws: UsageError([error])) { try Sample.table.parse([argument]) }
    }

    @Test("is refused with everything that is wrong at once")
    func everything() {
        let expected = "a whole number from 1 to 64"
        let error = UsageError([
            .unknownOption("--bogus", nearest: []),
            .missingValue(option: "--data-dir", placeholder: "DIR"),
            .wrongValue(option: "-s", value: "0", expected: expected),
        ])
        #expect(throws: error) { try parse("--bogus", "value", "-s", "0", "--data-dir") }
    }

    @Test("is refused with arguments that stand alone, before and after --")
    func alone() {
        let problems: [OptionProblem] = [.unexpectedArgument("a"), .unexpectedArgument("--force")]
        #expect(throws: UsageError(problems)) { try parse("a", "--", "--force") }
    }

    @Test("names the options without effect, as they were typed, in order")
    func unused() throws {
        let options = try parse("--clean", "--num_gpus", "4", "--noclean")
        #expect(options.unused.map(\.spelling) == ["--noclean", "--num_gpus"])
        #expect(options.unused.map(\.reason) == [nil, "there are none"])
    }

    @Test("can ask for help whatever else is wrong", arguments: ["--help", "-h", "--version"])
    func help(flag: String) throws {
        _ = try parse("--bogus", flag, "--size=0", "alone")
    }
}

/// Arguments without names.
private enum Operands {
    static let source = Option(operand: "SOURCE", ValueKind<String>.file(), help: "From.")
    static let target = Option(optionalOperand: "TARGET", .file(), help: "To.")
    static let rest = Option(operands: "FILE", each: .file(), help: "Files.")
    static let level = Option("level", .integer(), letter: "l", default: 0, help: "A level.")

    static let two = OptionTable(
        tool: "two",
        summary: "a sample",
        examples: [],
        operands: [source, target],
        groups: [OptionGroup("All", [level])]
    )
    static let many = OptionTable(
        tool: "many",
        summary: "a sample",
        examples: [],
        operands: [source, rest],
        groups: [OptionGroup("All", [level])]
    )
}

@Suite("Arguments without names")
struct OperandTests {
    @Test("go to their places, wherever options stand")
    func places() throws {
        let options = try Operands.two.parse(["a", "--level", "3", "b"])
        #expect(options[Operands.source] == "a")
        #expect(options[Operands.target] == "b")
        #expect(options[Operands.level] == 3)
        #expect(try Operands.two.parse(["a"])[Operands.target] == nil)
    }

    @Test("may begin with a dash after --, and be a dash alone")
    func dashes() throws {
        let options = try Operands.two.parse(["-", "--", "--level"])
        #expect(options[Operands.source] == "-")
        #expect(options[Operands.target] == "--level")
    }

    @Test("are all taken where they may repeat")
    func many() throws {
        let options = try Operands.many.parse(["a", "b", "c"])
        #expect(options[Operands.source] == "a")
        #expect(options[Operands.rest] == ["b", "c"])
    }

    @Test("are missed where they are needed, and refused where they are too many")
    func wrong() {
        let none: [OptionProblem] = [.missingArgument("SOURCE"), .missingArgument("FILE")]
        #expect(throws: UsageError(none)) { try Operands.many.parse([]) }
        let surplus = UsageError([.unexpectedArgument("c")])
        #expect(throws: surplus) { try Operands.two.parse(["a", "b", "c"]) }
        let empty = OptionProblem.wrongValue(
            option: "SOURCE",
            value: "",
            expected: "the path of a file"
        )
        #expect(throws: UsageError([empty])) { try Operands.two.parse([""]) }
    }
}

@Suite("What is wrong with a command line, in words")
struct OptionProblemTests {
    @Test(
        "is one sentence",
        arguments: [
            (OptionProblem.unknownOption("--a", nearest: []), "--a: no such option"),
            (
                .unknownOption("--a", nearest: ["--b"]),
                "--a: no such option; did you mean --b?"
            ),
            (
                .unknownOption("--a", nearest: ["--b", "--c", "--d"]),
                "--a: no such option; did you mean --b, --c or --d?"
            ),
            (.missingValue(option: "-o", placeholder: "FILE"), "-o: a value is missing (FILE)"),
            (
                .wrongValue(option: "-n", value: "x", expected: "a whole number"),
                "-n: \"x\" is not what it takes: expected a whole number"
            ),
            (
                .unexpectedArgument("x"),
                "\"x\" stands alone: no argument without a name is taken here"
            ),
            (.missingArgument("SOURCE"), "SOURCE is missing"),
            (.contradiction("--a and --b exclude each other"), "--a and --b exclude each other"),
        ]
    )
    func sentences(problem: OptionProblem, sentence: String) {
        #expect(problem.description == sentence)
    }

    @Test("is a line for each problem")
    func lines() {
        let error = UsageError([.missingArgument("A"), .missingArgument("B")])
        #expect(error.description == "A is missing\nB is missing")
    }
}

@Suite("Names like one that is not there")
struct NearestNamesTests {
    @Test("come in the order of their likeness, three at most")
    func order() {
        let names = ["size", "sides", "side", "wise", "color", "sizes"]
        #expect(nearestNames(to: "sizz", among: names) == ["size", "side", "sizes"])
        #expect(nearestNames(to: "siez", among: names) == ["size", "sides", "side"])
    }

    @Test("are none where nothing is like it")
    func none() {
        #expect(nearestNames(to: "tensor", among: ["size", "color"]) == [])
        #expect(nearestNames(to: "", among: ["size"]) == [])
        #expect(nearestNames(to: "size", among: []) == [])
    }

    @Test("are found in long names with several slips")
    func long() {
        let names = ["anti-alias-filter-size", "anti-alias-type"]
        #expect(
            nearestNames(to: "antialias-filtersize", among: names) == ["anti-alias-filter-size"]
        )
    }
}
