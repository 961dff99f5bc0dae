public import Engine
public import Pictures

/// What can be wrong with a network and its weights.
public enum NetworkError: Error, Equatable, Sendable {
    /// The variables are not those of an Assemble-ResNet.
    case notOfTheFamily(String)
    /// Variables are missing, unexpected or misshapen.
    case variablesDiffer(Differences)
    /// Settings that were asked for contradict the checkpoint: name, what was asked for, what it holds.
    case settingsContradict([SettingConflict])
    /// The model itself is impossible.
    case graph(GraphError)
    /// No model has this published name.
    case unknownName(String, known: [String])
    /// Moving averages were asked for, and these variables have none.
    case noMovingAverages([String])
    /// A variable's elements are not numbers that a network can compute with.
    case unusableType(variable: String, type: String)
    /// A file is known, but holds no weights.
    case noWeights(path: String)
    /// A graph cannot be a network.
    case imported(ImportProblem)
    /// A file is a graph, whose network is not that of the family.
    case graphOnly(path: String)
    /// A file that should be a list of flags is none.
    case unreadableFlags(path: String)
    /// A flag is recorded with a value that it cannot have.
    case recordedFlag(path: String, name: String, value: String, expected: String)
    /// A graph takes pictures of one side, and they are to be prepared with another.
    case otherSide(name: String, side: Int, graph: Int)
    /// Pictures cannot be prepared like this.
    case picture(PictureError)
}

/// A setting that was asked for and that the checkpoint contradicts.
public struct SettingConflict: Equatable, Sendable {
    /// The published flag.
    public let name: String
    /// What was asked for.
    public let requested: String
    /// What the checkpoint holds.
    public let found: String

    /// A flag with what was asked for and what the checkpoint holds.
    public init(name: String, requested: String, found: String) {
        self.name = name
        self.requested = requested
        self.found = found
    }
}

extension NetworkError: CustomStringConvertible {
    /// One sentence that a user can act on.
    public var description: String {
        switch self {
        case .notOfTheFamily(let reason):
            "these are not the variables of an Assemble-ResNet: \(reason)"
        case .variablesDiffer(let differences):
            "\(differences.count) variables do not fit the model\n\(differences)"
        case .settingsContradict(let conflicts):
            "the flags contradict the checkpoint\n"
                + conflicts.map {
                    "  --\($0.name)=\($0.requested), but the checkpoint holds \($0.found)"
                }.joined(separator: "\n")
        case .graph(let error): error.description
        case .unknownName(let name, let known):
            "there is no model called \(name); known are \(known.joined(separator: ", "))"
        case .noMovingAverages(let names):
            "no moving average of \(names.prefix(5).joined(separator: ", "))"
                + (names.count > 5 ? " and \(names.count - 5) others" : "")
        case .unusableType(let variable, let type):
            "\(variable) holds \(type), which is no weight"
        case .imported(let problem): problem.description
        case .noWeights(let path):
            "\(path): no checkpoint, safetensors or npz file; 'inspect' tells what it is"
        case .graphOnly(let path):
            "\(path): a network that comes from a graph can be evaluated, guessed about, distilled from, "
                + "converted and looked at; it cannot be trained yet"
        case .unreadableFlags(let path):
            "\(path): this is no list of flags in JSON; repair it, or take it away"
        case .recordedFlag(let path, let name, let value, let expected):
            "\(path): '\(name)' is '\(value)', expected \(expected)"
        case .otherSide(let name, let side, let graph):
            "the graph takes pictures of \(graph)x\(graph), but \(name) makes them \(side)x\(side); "
                + "--image-size=\(graph) prepares them for it"
        case .picture(let error): error.description
        }
    }
}
