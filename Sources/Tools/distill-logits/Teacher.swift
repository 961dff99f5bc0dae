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

    /// The flags that a teacher may have of its own.
    private static let table = OptionTable(
        tool: DistillOptions.table.tool,
        summary: "a teacher",
        examples: [],
        groups: [
            OptionGroup(
                "Teacher",
                [DistillOptions.weightSet] + PictureOptions.all + ModelOptions.architecture
                    + GraphOptions.all
            )
        ]
    )

    /// Opens all that are named.
    ///
    /// - Parameters:
    ///   - usual: How pictures are prepared for a graph where nothing else is said.
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
        for teacher in teachers.dropFirst() where teacher.classes != teachers[0].classes {
            throw ToolError(
                .mismatch,
                file: teacher.network.files.path,
                "has \(teacher.classes) classes, but \(teachers[0].network.files.path) "
                    + "has \(teachers[0].classes)"
            )
        }
        return teachers
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
        request.graph.weights = set
        network = try Network.open(path, request, diagnostics)
        self.weight = weight
    }

    /// Where the flags begin that stand behind a path: at a blank, a dash and another dash or a letter.
    private static func flags(in text: String) -> String.Index? {
        text.ranges(of: " -").first { range in
            text[range.upperBound...].first.map { $0 == "-" || $0.isLetter } ?? false
        }?.lowerBound
    }

    var classes: Int { network.classes }

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
            classes: classes,
            preprocessing: preprocessing,
            weight: weight
        )
    }

    /// Says on standard error which model this is and how its pictures are prepared.
    func describe(_ diagnostics: Diagnostics) throws {
        try network.describe(diagnostics)
        let size = preprocessing.imageSize
        diagnostics.note(
            "preprocessing \(preprocessing.name) (\(size)x\(size)"
                + (preprocessing.dctMethod == .fast ? ", fast DCT)" : ")")
        )
    }

    /// What the logits depend on.
    ///
    /// - Throws: ``ToolError``.
    func json() throws -> JSONValue {
        let digest = try ToolError.about(nil) { try network.files.digest() }
        return .object([
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
            .init("preprocessing", .text(preprocessing.name)),
            .init("image_size", .integer(preprocessing.imageSize)),
            .init("fast_dct", .bool(preprocessing.dctMethod == .fast)),
        ])
    }
}
