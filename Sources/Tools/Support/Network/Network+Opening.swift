package import Engine
internal import Formats
public import Networks

extension Network {
    /// Opens a checkpoint, another file of weights, or a graph, and settles its model.
    ///
    /// - Parameters:
    ///   - path: What the user named.
    ///   - request: What the user asked for.
    ///   - diagnostics: Is told how the path was understood.
    /// - Returns: the network.
    /// - Throws: ``ToolError`` with ``ExitCode/file``, ``ExitCode/mismatch`` or ``ExitCode/usage``.
    public static func open(
        _ path: String,
        _ request: NetworkRequest,
        _ diagnostics: Diagnostics
    ) throws -> Network {
        let located = try ToolError.about(nil) { try LocatedFile(path) }
        if isGraph(located) {
            return try ToolError.about(graphIn: path) {
                let network = try Network(GraphSource(located, request.graph), request)
                if case .imported(let graph) = network.model {
                    for note in graph.notes { diagnostics.note(note) }
                    for warning in graph.warnings { diagnostics.warning(warning) }
                }
                return network
            }
        }
        let file = try ToolError.about(nil) { try WeightFile(located) }
        for note in file.notes { diagnostics.note(note) }
        for warning in file.warnings { diagnostics.warning(warning) }
        if let fault = file.faults.first {
            diagnostics.warning("\(file.faults.count) entries are damaged, the first: \(fault)")
        }
        return try ToolError.about(networkIn: file.path) { try Network(file, request) }
    }

    /// A network that is ready to run, as the options of the engine say.
    ///
    /// - Parameters:
    ///   - imageSize: The side of its pictures, in pixels.
    ///   - batch: The pictures of one step.
    ///   - set: Which of the weights are meant.
    ///   - observed: The stages whose values stay readable besides the logits; nil: all.
    ///   - options: How it is computed.
    /// - Returns: The network, its weights in it.
    /// - Throws: ``ToolError``, `EngineError`.
    package func executor(
        imageSize: Int,
        batch: Int,
        _ set: WeightSet,
        observing observed: Set<Stage>? = [],
        _ options: ParsedOptions
    ) throws -> Executor {
        let execution = try EngineOptions.execution(options)
        return try ToolError.about(networkIn: files.path) {
            try executor(
                imageSize: imageSize,
                batch: batch,
                set,
                observing: observed,
                execution,
                cachingIn: options[EngineOptions.cacheDirectory]
            )
        }
    }

    /// Says on standard error which model this is, how that is known, and whose weights it has.
    ///
    /// - Parameters:
    ///   - diagnostics: Is told.
    ///   - usesPictures: Whether it matters how pictures are prepared.
    /// - Throws: ``ToolError``.
    public func describe(_ diagnostics: Diagnostics, usesPictures: Bool = true) throws {
        let digest = try ToolError.about(nil) { try files.digest() }
        diagnostics.note("model: \(summary)")
        for warning in recorded?.warnings ?? [] { diagnostics.warning(warning) }
        diagnostics.tell(facts + (usesPictures ? input.facts : []), recordedIn: recorded)
        for doubt in usesPictures ? input.doubts : [] { diagnostics.warning(doubt) }
        if case .family(let model) = model {
            diagnostics.tellContradictions(recorded, model.configuration)
        }
        diagnostics.note("\(files.kind): \(files.path), sha256 of \(files.digestSubject) \(digest)")
    }
}

extension Diagnostics {
    /// Warns of recorded flags that are not those of a network.
    public func tellContradictions(_ flags: RecordedFlags?, _ model: ModelConfiguration) {
        guard let flags else { return }
        let found = flags.contradictions(of: model)
        guard !found.isEmpty else { return }
        warning(
            "\(flags.path) may be that of another network, and wrong in all else: it says "
                + found.joined(separator: "; ")
        )
    }

    /// Says how facts about a network are known; what is only assumed, and may change every figure, is a warning.
    public func tell(_ facts: [NetworkFact], recordedIn flags: RecordedFlags?) {
        func text(_ origin: NetworkFact.Origin) -> String {
            facts.filter { $0.origin == origin }.map(\.flag).joined(separator: " ")
        }
        let (recorded, named, assumed) = (text(.recorded), text(.named), text(.assumed))
        if !named.isEmpty {
            note(
                "the names are PyTorch's, whose networks pad a pool on all sides, so this is taken: \(named); "
                    + "--pool-padding=tensorflow is for weights that TensorFlow trained"
            )
        }
        if let path = flags?.path {
            if !recorded.isEmpty { note("\(path) tells: \(recorded)") }
            for fact in facts {
                guard let other = fact.overruled else { continue }
                note("\(fact.flag) is taken as asked for, but \(path) tells \(other)")
            }
        }
        if !assumed.isEmpty {
            warning(
                "a checkpoint cannot tell, and nothing said otherwise, so this is assumed: \(assumed)"
            )
        }
    }
}

extension ToolError {
    /// Runs `body`, and turns what is wrong with a network into an error about its file.
    public static func about<Result: ~Copyable>(
        networkIn path: String,
        _ body: () throws -> Result
    ) throws -> Result {
        do {
            return try body()
        } catch let error as NetworkError {
            switch error {
            case .noWeights, .graphOnly, .unreadableFlags, .recordedFlag:
                throw ToolError(.file, error)
            case .picture: throw ToolError(.usage, error)
            case .notOfTheFamily where Network.isGraph(folder(ofVariables: path)):
                throw ToolError(.mismatch, NetworkError.graphOnly(path: folder(ofVariables: path)))
            default: throw ToolError(.mismatch, file: path, error)
            }
        } catch let error as GraphError {
            throw ToolError(.usage, error)
        } catch EngineError.graph(let error) {
            throw ToolError(.usage, error)
        } catch let error as EngineError {
            throw error
        } catch {
            return try about(nil) { throw error }
        }
    }

    /// The folder of the SavedModel that variables belong to; what is none of its parts stays as it is.
    private static func folder(ofVariables path: String) -> String {
        let ending = "/variables/variables"
        return path.hasSuffix(ending) ? String(path.dropLast(ending.count)) : path
    }
}
