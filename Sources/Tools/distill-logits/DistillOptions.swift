import Data
import Networks
import Suite
import ToolSupport

/// What `distill-logits` can be told.
enum DistillOptions {
    // MARK: Teacher

    static let teacher = Option(
        "teacher",
        each: .file("PATH"),
        letter: "c",
        help:
            "A checkpoint or a graph, as eval takes it. Several are averaged; 'PATH --model NAME …' gives "
            + "one of them flags of its own, in place of all that describe a model, its pictures and its graph below; "
            + "--offset among them is for its logits alone, and may be negative to leave the first ones out."
    )
    static let average = Option(
        "average",
        .choice(of: TeacherNetworks.Average.self),
        default: .logits,
        help:
            "What several teachers' mean is taken of: their logits, or the probabilities of their softmax, whose "
            + "mean's logarithm is then written."
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

    // MARK: Logits made elsewhere

    static let csv = Option(
        "from-csv",
        each: .file("FILE.csv"),
        help: "Lines of a picture's file name and its logits, with commas between, as published; "
            + "found by image/filename. Several files count as one; of a folder all train* and "
            + "validation*."
    )
    static let npy = Option(
        "from-npy",
        .file("FILE.npy"),
        help: "An array [records, classes], in the order of the files and their records."
    )
    static let records = Option(
        "from-records",
        .folder(),
        help: "Another folder of record files that have logits; found by image/filename."
    )

    // MARK: Logits

    static let type = Option(
        "dtype",
        .choice(of: LogitForm.Precision.self),
        default: .float32,
        help: "float16: as bytes in image/logit_f16, half the size, in place of image/logit."
    )
    static let alsoFloat = Option(
        flag: "also-float",
        help: "Write image/logit besides a shorter form, for readers that know only that."
    )
    static let top = Option(
        "top-k",
        .integer(1...1_048_576),
        letter: "k",
        help: "Keep the K largest logits: image/logit_top/class (int64) and /value (float; with "
            + "--dtype float16 /value_f16), /length (the number of classes), and /rest, the logit "
            + "of each other class, by which the kept ones keep their probabilities."
    )
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
    static let trainingPattern = DataOptions.trainingPattern
    static let validationPattern = DataOptions.validationPattern
    static let part = Option(
        "shard",
        .part,
        help: "Do every Nth file only, beginning with file I (from 0), to share the work between "
            + "machines. Run once more over all files in one folder to complete logits.json."
    )

    // MARK: Checking

    static let check = Option(
        "check",
        .number(0...1),
        help: "Write nothing; recompute a random part of the records in --output-dir (or else "
            + "--data-dir), 0.01 for one in a hundred, and answer 1 at the first that differs."
    )
    static let seed = Option(
        "seed",
        .integer(0...Int.max),
        help: "Decides which records --check takes; without it others each time."
    )
    static let tolerance = Option(
        "tolerance",
        .number(0...1e3),
        default: 1e-3,
        help: "How far a logit may be off in --check, over the largest one of its record; 0.1 "
            + "suits --math bf16 and mixed."
    )

    // MARK: As published

    static let writesCSV = Option(
        flag: "csv",
        help: "Write lines of a picture's name and its logits to <output-dir>/train-<n>.csv, or "
            + "validation-<n>.csv, in place of records, as the published extract_embeddings.py does; "
            + "each of the options below asks for it too."
    )
    static let netName = Option(
        "net-name",
        .choice(of: PublishedTeacher.self),
        default: .amoebanet,
        help: "How pictures are prepared for --teacher, the folder of a module: amoebanet: "
            + "inception_331; efficientnet: inception_600."
    )
    static let shareNumber = Option(
        "no-shard",
        .integer(0...1_048_576),
        default: 0,
        help: "Which share of the files, by their numbers one behind the other."
    )
    static let shareCount = Option(
        "total-num-shard",
        .integer(1...1_048_576),
        default: 128,
        help: "How many shares there are."
    )
    static let fileCount = Option(
        "n-tfrecord",
        .integer(1...1_048_576),
        help: "How many files are shared out; without it as many as there are."
    )
    static let isTraining = Option(
        flag: "is-training",
        default: true,
        help: "Read the files of --val-regex instead of those of --train-regex."
    )
    static let dataName = Option(
        "data-name",
        .text("NAME"),
        help: "The data set's name, whose number of pictures --eval-teacher compares."
    )
    static let onlyScores = Option(
        flag: "eval-teacher",
        help: "Print the teacher's accuracy on the files of --val-regex as the published "
            + "eval_amoebanet.py does, and write nothing."
    )
    /// Those that ask for the published extraction by themselves.
    static let publishedShare: [any DeclaredOption] = [
        netName, shareNumber, shareCount, fileCount, isTraining,
    ]

    // MARK: Running

    static let batchSize = DataOptions.batchSize

    static let table = OptionTable(
        tool: SuiteTool.distillLogits.rawValue,
        summary: SuiteTool.distillLogits.summary,
        examples: [
            .init(
                "the logits of a teacher with 1000 classes for a student with 1001",
                """
                distill-logits --teacher resnet.ckpt --preprocessing-type imagenet --offset 1
                --data-dir imagenet --output-dir imagenet-logits
                """
            ),
            .init(
                "two families together, each with its own pictures; class 0 of the first is a background",
                """
                distill-logits --teacher 'amoebanet -p inception_331' 'b7.pb -p efficientnet_600 --offset 1'
                --data-dir imagenet --output-dir imagenet-logits
                """
            ),
            .init(
                "are the logits there still this teacher's?",
                """
                distill-logits --teacher t --model assemble-resnet-152
                --data-dir out --check 0.01
                """
            ),
            .init(
                "as published, the teacher's module in a folder",
                """
                distill-logits --teacher amoebanet_a_n18_f448 --data_dir=imagenet
                --output_dir=amoebanet_logits --gpu_to_use=0 --no_shard=0 --total_num_shard=8
                """
            ),
            .init(
                "one half of the files; another machine does --shard 1/2",
                """
                distill-logits --teacher t --model assemble-resnet-152
                --data-dir in -o out --shard 0/2
                """
            ),
        ],
        groups: [
            OptionGroup("Teacher", [teacher, weights, average, weightSet, flipAverage]),
            OptionGroup("Pictures", PictureOptions.all),
            OptionGroup(ModelOptions.title, ModelOptions.architecture),
            OptionGroup("Graphs", GraphOptions.all),
            OptionGroup("Logits made elsewhere, in place of a teacher", [csv, npy, records]),
            OptionGroup("Logits", [offset, classCount, temperature, type, alsoFloat, top]),
            OptionGroup(
                "Records",
                [dataDirectory, outputDirectory, trainingPattern, validationPattern, part]
                    + RecordOptions.all
            ),
            OptionGroup(
                "CSV, as published",
                [writesCSV, onlyScores, dataName] + publishedShare
            ),
            OptionGroup("Checking", [check, seed, tolerance]),
            EngineOptions.group,
            OptionGroup(
                "Running",
                [batchSize, RunOptions.threads, RunOptions.mpi, RunOptions.progress]
            ),
            OptionGroup("Results", [RunOptions.json, RunOptions.force]),
            OptionGroup(
                "Unused",
                [UnusedOption("gpu-to-use", because: "the processor computes")]
            ),
        ]
    )
}
