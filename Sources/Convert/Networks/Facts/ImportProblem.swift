internal import Proto

/// What can be wrong with a graph that is to be a network.
public enum ImportProblem: Error, Equatable, Sendable {
    /// A tensor that would do, as it is listed: its name and its shape as far as it is known.
    public struct Candidate: Equatable, Sendable {
        /// The tensor.
        public let tensor: String
        /// Its extents, nil where they are open; nil altogether where not even their number is known.
        public let shape: [Int?]?
    }

    /// Two nodes have one name.
    case doubledNode(String)
    /// A node takes what no node gives.
    case missingInput(node: String, input: String)
    /// Nodes depend on each other in a circle.
    case cycle([String])
    /// Functions call each other in a circle.
    case recursion([String])
    /// Functions call each other more often than memory could hold.
    case tooManyNodes(limit: Int)
    /// A loop goes round more often than it is followed.
    case tooManyTurns(loop: String, limit: Int)
    /// A node, or a constant, is not as it should be.
    case malformed(node: String, reason: String)
    /// No graph of the file has these tags.
    case unknownTags(asked: [String], known: [[String]])
    /// Several graphs would do; their tags.
    case severalGraphs([[String]])
    /// There is no signature of this name.
    case unknownSignature(String, known: [String])
    /// Several signatures would do.
    case severalSignatures([String])
    /// There is no tensor of this name.
    case noTensor(String, near: [String])
    /// The graph has variables, and there is no checkpoint.
    case noCheckpoint(variables: Int, reason: String)
    /// Variables that the checkpoint lacks, or has in another shape.
    case variables(missing: [String], misshapen: [String])
    /// A branch or a loop hangs on tensors whose value is not known.
    case unsettled([String])
    /// Tensors that have to be given.
    case unfed([Candidate])
    /// Several tensors may be the pictures.
    case severalInputs([Candidate])
    /// No tensor can be the pictures.
    case noInput
    /// Several tensors may be the logits.
    case severalOutputs([Candidate])
    /// No tensor can be the logits.
    case noOutput
    /// The shape of what should be the logits is not known.
    case noClasses(String)
    /// Batch norms take the statistics of their batch, and nothing tells the moving ones.
    case batchStatistics([String])
    /// Random numbers that are no dropout.
    case random([String])
    /// Operations that are not known, and how many there are of each.
    case unknownOperations([String: Int])
    /// Operators of ONNX that are not known, and how many there are of each.
    case unknownOperators([String: Int])
    /// An operator of ONNX that is known, but not like this.
    case unknownForm(node: String, operation: String, reason: String)
    /// The engine cannot run it.
    case untranslatable(reason: String)
}

extension ImportProblem {
    /// Whether the file itself is damaged, rather than not what was asked for.
    public var isDamage: Bool {
        switch self {
        case .doubledNode, .missingInput, .cycle, .recursion, .tooManyNodes, .tooManyTurns,
            .malformed:
            true
        default: false
        }
    }
}

extension ImportProblem: CustomStringConvertible {
    /// A sentence that a user can act on, and a line for each thing that it is about.
    public var description: String {
        switch self {
        case .doubledNode(let name): "two nodes are called \(name)"
        case .missingInput(let node, let input):
            "\(node) takes \(input), which nothing in the graph gives"
        case .cycle(let names):
            "nodes depend on each other in a circle: \(Self.list(names, " -> "))"
        case .recursion(let names):
            "functions call each other in a circle: \(Self.list(names, " -> "))"
        case .tooManyNodes(let limit): "the functions spread into more than \(limit) nodes"
        case .tooManyTurns(let loop, let limit):
            "\(loop) is a loop of more than \(limit) turns"
        case .malformed(let node, let reason): "\(node): \(reason)"
        case .unknownTags(let asked, let known):
            "no graph has the tags \(Self.tags(asked)); --tags can be "
                + known.map(Self.tags).joined(separator: " or ")
        case .severalGraphs(let known):
            "there are several graphs; name one by --tags: "
                + known.map(Self.tags).joined(separator: " or ")
        case .unknownSignature(let name, let known):
            "there is no signature \(name); --signature can be \(Self.list(known))"
        case .severalSignatures(let names):
            "there are several signatures; name one by --signature: \(Self.list(names))"
        case .noTensor(let name, let near):
            "there is no tensor \(name)"
                + (near.isEmpty ? "" : "; there are \(Self.list(near))")
        case .noCheckpoint(let variables, let reason):
            "the graph has \(variables) variables and no checkpoint: \(reason)"
        case .variables(let missing, let misshapen):
            Self.block("\(missing.count) variables are not in the checkpoint", missing)
                + (missing.isEmpty || misshapen.isEmpty ? "" : "\n")
                + Self.block("\(misshapen.count) variables have another shape", misshapen)
        case .unsettled(let names):
            "branches or loops hang on \(Self.list(names)), whose value is not known; "
                + "give it by --feed NAME=VALUE"
        case .unfed(let tensors):
            Self.block(
                "these have to be given by --feed NAME=VALUE",
                tensors.map(\.description)
            )
        case .severalInputs(let tensors):
            Self.block(
                "several tensors may be the pictures; name one by --input-tensor",
                tensors.map(\.description)
            )
        case .noInput: "no tensor looks like pictures; name it by --input-tensor"
        case .severalOutputs(let tensors):
            Self.block(
                "several tensors may be the logits; name one by --output-tensor",
                tensors.map(\.description)
            )
        case .noOutput: "no tensor looks like logits; name it by --output-tensor"
        case .noClasses(let tensor):
            "how many classes there are is not known from the shape of \(tensor); "
                + "name the logits by --output-tensor"
        case .batchStatistics(let names):
            Self.block(
                "these normalise by the statistics of their batch, and no update tells the moving "
                    + "ones",
                names
            )
        case .random(let names):
            Self.block("the logits hang on random numbers that are no dropout", names)
        case .untranslatable(let reason): "the engine cannot run this graph: \(reason)"
        case .unknownOperations(let counts):
            Self.block("operations that are not known", Self.counted(counts))
        case .unknownOperators(let counts):
            Self.block("operators of ONNX that are not known", Self.counted(counts))
        case .unknownForm(let node, let operation, let reason):
            "\(node) is a \(operation) that is not known in this form: \(reason)"
        }
    }

    private static func counted(_ counts: [String: Int]) -> [String] {
        counts.sorted { Name($0.key) < Name($1.key) }.map { "\($0.key) (\($0.value))" }
    }

    private static func tags(_ tags: [String]) -> String {
        tags.isEmpty ? "''" : tags.joined(separator: ",")
    }

    private static func list(_ names: [String], _ separator: String = ", ") -> String {
        names.prefix(12).joined(separator: separator)
            + (names.count > 12 ? " and \(names.count - 12) others" : "")
    }

    private static func block(_ title: String, _ lines: [String]) -> String {
        guard !lines.isEmpty else { return "" }
        let shown = lines.prefix(100).map { "\n  \($0)" }.joined()
        return "\(title):\(shown)"
            + (lines.count > 100 ? "\n  and \(lines.count - 100) others" : "")
    }
}

extension ImportProblem.Candidate: CustomStringConvertible {
    /// The tensor and its shape.
    public var description: String {
        guard let shape else { return "\(tensor) of unknown shape" }
        return "\(tensor) [\(shape.map { $0.map { String($0) } ?? "?" }.joined(separator: ", "))]"
    }
}
