import Suite
import ToolSupport

/// What `inspect` can be told.
enum InspectOptions {
    static let path = Option(
        operand: "PATH",
        .file("PATH"),
        help: "A checkpoint (its prefix, one of its files, its folder), a SavedModel, a file of "
            + "records or events, an Example, safetensors, npz, ONNX, or a graph."
    )

    // MARK: Listing

    static let flat = Option(flag: "flat", help: "A line for each tensor, and no tree.")
    static let filter = Option(
        "filter",
        .text("REGEX"),
        help: "Only the tensors whose name contains a match."
    )
    static let sort = Option(
        "sort",
        .choice(of: SortOrder.self, placeholder: "ORDER"),
        default: .name,
        help: "The order of the tensors."
    )
    static let stats = Option(
        flag: "stats",
        help: "Least, largest, mean, deviation, norm, zeros, NaN, infinities, histogram."
    )

    /// In which order tensors are listed.
    enum SortOrder: String, CaseIterable, Sendable {
        case name
        case size
        case offset
    }

    // MARK: Values

    static let tensor = Option("tensor", .text("NAME"), help: "Print a tensor's values.")
    static let slice = Option(
        "slice",
        .text("SLICE"),
        help: "The part of --tensor that is meant, such as 0:2,:,3."
    )
    static let full = Option(flag: "full", help: "Print all values, however many.")
    static let npy = Option(
        "npy",
        .file("FILE.npy"),
        help: "Write the values of --tensor to a file instead."
    )

    // MARK: Checking

    static let verify = Option(
        flag: "verify",
        help: "Read everything, and compare it with its checksums. Exit code 3 if it is broken."
    )
    static let salvage = Option(
        "salvage",
        .file("PREFIX"),
        help: "Write the tensors that can be read as a new checkpoint, and list what is lost."
    )
    static let diff = Option(
        "diff",
        .file("PATH"),
        help: "Compare with another checkpoint or file of arrays. Exit code 1 if they differ."
    )
    static let absolute = Option(
        "atol",
        .number(0...Double.greatestFiniteMagnitude),
        default: 0,
        help: "Difference of two values that --diff lets pass."
    )
    static let relative = Option(
        "rtol",
        .number(0...Double.greatestFiniteMagnitude),
        default: 0,
        help: "The same, as a share of the first value's size."
    )

    // MARK: Records

    static let record = Option(
        "record",
        .integer(0...Int.max),
        help: "Show one record, counted from 0."
    )
    static let image = Option(
        "image",
        .integer(0...Int.max),
        help: "Write the picture of one record to --output."
    )
    static let output = Option(
        "output",
        .file(),
        letter: "o",
        help: "The file for --image; record-N and the picture's ending if it is not given."
    )
    static let html = Option(
        "html",
        .file("FILE.html"),
        help:
            "Write a page to look at: the network drawn, to be unfolded and searched, its tensors "
            + "with statistics; for records the pictures."
    )

    static let csv = Option(
        "csv",
        .file("FILE.csv"),
        help: "Write all scalars of event files: wall time, step, tag, value, in their order."
    )

    // MARK: Graphs

    static let fetch = Option(
        "fetch",
        each: .text("NAME[=FILE.npy]"),
        help: "Compute these tensors of a graph, and print them or write them to files."
    )
    static let checkpoint = Option(
        "checkpoint",
        .file("PREFIX"),
        help: "The checkpoint of a graph's variables; else the one beside it."
    )

    static let by = Option(
        "by",
        .choice(of: Arithmetic.self),
        default: .reference,
        help: "What computes --fetch: plain arithmetic, or the engine."
    )
    static let plan = Option(
        flag: "plan",
        help: "Which operations of a graph the engine runs as layers, and which by reference."
    )

    /// What computes a graph.
    enum Arithmetic: String, CaseIterable, Sendable {
        case reference
        case engine
    }

    static let table = OptionTable(
        tool: SuiteTool.inspect.rawValue,
        summary: SuiteTool.inspect.summary,
        examples: [
            .init("what is this checkpoint?", "inspect model.ckpt-2000"),
            .init("is the download whole?", "inspect assemble152 --verify"),
            .init(
                "two rows of a kernel",
                "inspect model.ckpt-2000 --tensor resnet_model/dense/kernel --slice 0:2,:"
            ),
            .init("did training change anything else?", "inspect before.ckpt --diff after.ckpt"),
            .init(
                "what does the network look like?",
                "inspect model.ckpt-2000 --html network.html"
            ),
            .init("what is in these records?", "inspect validation-00000-of-00128"),
            .init(
                "what does this graph compute?",
                "inspect graph.pb --feed input=in.npy --feed is_training=false --fetch output=out.npy"
            ),
        ],
        operands: [path],
        groups: [
            OptionGroup("Listing", [flat, filter, sort, stats]),
            OptionGroup("Values", [tensor, slice, full, npy]),
            OptionGroup("Checking", [verify, salvage, diff, absolute, relative]),
            OptionGroup(
                "Graphs",
                [
                    GraphOptions.feed, fetch, by, plan, checkpoint, GraphOptions.tags,
                    GraphOptions.signature,
                ]
            ),
            OptionGroup("Records", [record, image, RecordOptions.imageKey, output]),
            OptionGroup("Running", [EngineOptions.math, RunOptions.threads]),
            OptionGroup("Results", [html, csv, RunOptions.json, RunOptions.force]),
        ],
        unusedNote: "not used for inspecting",
        surplusHint: "one PATH at a time; 'inspect A --diff B' compares two"
    )
}
