import Convert
import ToolSupport

/// What `distill-logits` can be told.
enum DistillOptions {
    // MARK: Teacher

    static let teacher = Option(
        "teacher",
        each: .file("PATH"),
        letter: "c",
        help: "A checkpoint, as eval takes it. Several are averaged; 'PATH --model NAME …' gives "
            + "one of them flags of its own, in place of all that describe a model below."
    )
    static let weights = Option(
        "weights",
        .list(.number(0...1e9)),
        defaultText: "1 each",
        absent: { [] },
        help: "Weights of the teachers in their mean, in order."
    )
    static let weightSet = Option(
        "weight-set",
        .choice(of: WeightSet.self),
        default: .raw,
        help: "A teacher's variables as trained, or their moving averages."
    )
    static let flipAverage = Option(
        flag: "flip-average",
        help: "Take the mean over each picture and its mirror image."
    )

    // MARK: Logits

    static let offset = Option(
        "offset",
        .integer(0...1_048_576),
        default: 0,
        help: "Zeros before the teacher's logits: 1 turns 1000 classes into 1001."
    )
    static let classCount = Option(
        "num-classes",
        .integer(1...1_048_576),
        help: "Classes of the student: what the logits with --offset must come to."
    )
    static let temperature = Option(
        "temperature",
        .number(0...1e6),
        help: "Recorded in logits.json for whoever trains; never applied."
    )

    // MARK: Records

    static let dataDirectory = Option(
        "data-dir",
        .folder(),
        aliases: ["dd"],
        help: "Folder of TFRecords, plain, gzip or zlib."
    )
    static let outputDirectory = Option(
        "output-dir",
        .folder(),
        letter: "o",
        help: "Folder for the same files with logits, and logits.json. What an earlier run has "
            + "completed there is kept."
    )
    static let trainingPattern = Option(
        "train-regex",
        .text("GLOB"),
        default: "train-*",
        help: "Record files to read, as a shell pattern."
    )
    static let validationPattern = Option(
        "val-regex",
        .text("GLOB"),
        default: "validation-*",
        help: "More record files to read."
    )
    static let part = Option(
        "shard",
        .part,
        help: "Do every Nth file only, beginning with file I (from 0), to share the work between "
            + "machines. Run once more over all files in one folder to complete logits.json."
    )

    // MARK: Running

    static let batchSize = Option(
        "batch-size",
        .integer(1...65536),
        letter: "b",
        aliases: ["bs"],
        default: 32,
        help: "Pictures in one step."
    )

    static let table = OptionTable(
        tool: "distill-logits",
        summary: "write TFRecords anew with a teacher's logits in them, image/logit",
        examples: [
            .init(
                "the logits of a teacher with 1000 classes for a student with 1001",
                """
                distill-logits --teacher resnet.ckpt --preprocessing-type imagenet --offset 1
                --data-dir imagenet --output-dir imagenet-logits
                """
            ),
            .init(
                "train-* and validation-* in two halves, on two machines",
                "distill-logits --teacher t --model assemble-resnet-152 -o out --data-dir in "
                    + "--shard 0/2"
            ),
        ],
        groups: [
            OptionGroup("Teacher", [teacher, weights, weightSet, flipAverage]),
            OptionGroup(
                "Pictures",
                [
                    PictureOptions.preprocessing, PictureOptions.imageSize,
                    PictureOptions.dctMethod,
                ]
            ),
            OptionGroup(ModelOptions.title, ModelOptions.architecture),
            OptionGroup("Logits", [offset, classCount, temperature]),
            OptionGroup(
                "Records",
                [dataDirectory, outputDirectory, trainingPattern, validationPattern, part]
            ),
            EngineOptions.group,
            OptionGroup("Running", [batchSize, RunOptions.threads, RunOptions.progress]),
            OptionGroup("Results", [RunOptions.json, RunOptions.force]),
        ]
    )
}

/// Every so-manieth of many files.
struct Part: Equatable, Sendable {
    /// Which of the parts, from 0.
    let index: Int
    /// How many parts there are.
    let count: Int
}

extension ValueKind where Value == Part {
    /// `I/N`.
    static var part: Self {
        ValueKind(
            placeholder: "I/N",
            expectation: "I/N with I from 0 to N - 1, such as 0/4",
            read: { text in
                let numbers = text.split(separator: "/", omittingEmptySubsequences: false)
                    .map { Int($0) }
                guard numbers.count == 2, let index = numbers[0], let count = numbers[1],
                    (1...65536).contains(count), (0..<count).contains(index)
                else { return nil }
                return Part(index: index, count: count)
            },
            write: { "\($0.index)/\($0.count)" }
        )
    }
}
