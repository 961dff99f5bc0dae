import Data
import Engine
import Networks
import Pictures
import ToolSupport

/// One teacher of the command line: its checkpoint, and how its pictures are prepared.
struct Teacher {
    let network: Network
    private let set: WeightSet
    private let weight: Double
    /// Zeros before its logits, or how many of them are left out.
    private let classOffset: Int

    private static let offset = Option(
        "offset",
        .integer(-1_048_576...1_048_576),
        default: 0,
        help: "Zeros before its logits; where it is negative, so many of these are left out."
    )

    /// The flags that a teacher may have of its own.
    private static let table = OptionTable(
        tool: DistillOptions.table.tool,
        summary: "a teacher",
        examples: [],
        groups: [
            OptionGroup(
                "Teacher",
                [DistillOptions.weightSet, offset] + PictureOptions.all + ModelOptions.architecture
                    + GraphOptions.all
            )
        ]
    )

    /// Opens all that are named.
    ///
    /// `usual` is how pictures are prepared for a graph where nothing else is said.
    ///
    /// - Throws: ``ToolError``, also where they do not have the same number of classes.
    static func all(
        _ options: ParsedOptions,
        usual: String? = nil,
        _ diagnostics: Diagnostics
    ) throws -> [Teacher] {
        let texts = options[DistillOptions.teacher]
        let weights = options[DistillOptions.weights]
        guard weights.isEmpty || weights.count == texts.count else {
            throw ToolError(
                .usage,
                "\(options.spelling(of: DistillOptions.weights)): \(weights.count) weights for "
                    + "\(texts.count) teachers"
            )
        }
        guard weights.isEmpty || weights.contains(where: { $0 > 0 }) else {
            throw ToolError(.usage, "all weights are 0")
        }
        let teachers = try texts.enumerated().map { index, text in
            try Teacher(
                text,
                weight: weights.isEmpty ? 1 : weights[index],
                options,
                usual: usual,
                diagnostics
            )
        }
        for teacher in teachers.dropFirst() { try teacher.checkClasses(as: teachers[0]) }
        return teachers
    }

    /// Throws unless its classes are those of another teacher.
    private func checkClasses(as other: Teacher) throws {
        let (path, others) = (network.files.path, other.network.files.path)
        guard classes == other.classes else {
            let more = classes > other.classes ? path : others
            let fewer = classes > other.classes ? others : path
            throw ToolError(
                .mismatch,
                file: path,
                "has \(classes) classes, but \(others) has \(other.classes); where the first ones of \(more) are a "
                    + "background, '\(fewer) … --offset \(abs(classes - other.classes))' puts zeros before the others"
            )
        }
        let names = try ToolError.about(nil) {
            (try network.classNames(), try other.network.classNames())
        }
        guard let own = names.0, let known = names.1 else { return }
        let first = other.firstLabel(of: known)
        if let difference = own.disagreement(
            offset: firstLabel(of: own),
            with: known,
            offsets: first...first
        ) {
            throw ToolError(
                .mismatch,
                file: path,
                "its classes are not those of \(others): \(difference); --offset behind a teacher's path shifts its logits"
            )
        }
    }

    private init(
        _ text: String,
        weight: Double,
        _ options: ParsedOptions,
        usual: String?,
        _ diagnostics: Diagnostics
    ) throws {
        var (path, own) = (text, options)
        if let start = Self.flags(in: text) {
            path = String(text[..<start])
            own = try Self.table.parse(text[start...].split(separator: " ").map(String.init))
        }
        var request = try NetworkRequest(own)
        request.model.classes = nil
        if let usual, request.input.preprocessing == nil, Network.isGraph(path) {
            request.input.preprocessing = usual
        }
        set = own[DistillOptions.weightSet]
        let classOffset = Self.flags(in: text) == nil ? 0 : own[Self.offset]
        request.graph.weights = set
        network = try Network.open(path, request, diagnostics)
        self.weight = weight
        self.classOffset = classOffset
        guard network.classes + classOffset > 0 else {
            throw ToolError(
                .mismatch,
                file: path,
                "has \(network.classes) classes, of which --offset \(classOffset) leaves none"
            )
        }
    }

    /// Where the flags begin that stand behind a path: at a blank, a dash and another dash or a letter.
    private static func flags(in text: String) -> String.Index? {
        text.ranges(of: " -").first { range in
            text[range.upperBound...].first.map { $0 == "-" || $0.isLetter } ?? false
        }?.lowerBound
    }

    /// Logits that it adds to the mean.
    var classes: Int { network.classes + classOffset }

    /// The label of the first of the names of its classes.
    func firstLabel(of names: ClassNames) -> Int {
        network.firstLabel(of: names) + classOffset
    }

    /// Whether it comes as a graph, such as a module of TF-Hub.
    var isGraph: Bool {
        if case .imported = network.model { true } else { false }
    }

    private var preprocessing: Preprocessing { network.input.preprocessing }

    /// The network, ready to run.
    ///
    /// - Throws: ``ToolError``, `EngineError`.
    func member(batch: Int, _ options: ParsedOptions) throws -> TeacherNetworks.Member {
        TeacherNetworks.Member(
            try network.executor(imageSize: preprocessing.imageSize, batch: batch, set, options),
            classes: network.classes,
            preprocessing: preprocessing,
            weight: weight,
            classOffset: classOffset
        )
    }

    /// Says on standard error which model this is and how its pictures are prepared.
    func describe(_ diagnostics: Diagnostics) throws {
        try network.describe(diagnostics)
        let size = preprocessing.imageSize
        diagnostics.note(
            "preprocessing \(preprocessing.summary) (\(size)x\(size)"
                + (preprocessing.dctMethod == .fast ? ", fast DCT)" : ")")
        )
    }

    /// What the logits depend on.
    ///
    /// - Throws: ``ToolError``.
    func json() throws -> JSONValue {
        let digest = try ToolError.about(nil) { try network.files.digest() }
        return .object(
            [
                .init(
                    "name",
                    .text(network.files.path.split(separator: "/").last.map(String.init) ?? "")
                ),
                .init("kind", .text(network.files.kind)),
                .init("sha256", .text(digest)),
                .init("sha256_of", .text(network.files.digestSubject)),
                .init("architecture", .text(network.summary)),
                .init("weight_set", .text(set.rawValue)),
                .init("weight", .number(weight)),
                .init("preprocessing", .text(preprocessing.summary)),
                .init("image_size", .integer(preprocessing.imageSize)),
                .init("fast_dct", .bool(preprocessing.dctMethod == .fast)),
            ] + (classOffset == 0 ? [] : [.init("class_offset", .integer(classOffset))])
        )
    }
}
