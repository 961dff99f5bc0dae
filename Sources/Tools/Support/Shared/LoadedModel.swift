public import Convert
public import Engine

/// Weights on disk with the model that they are the weights of.
public struct LoadedModel {
    /// The weights.
    public let file: WeightFile
    /// The model, every setting decided.
    public let configuration: ModelConfiguration
    /// Settings that nothing told, as published flags with the defaults that were taken.
    public let assumed: [String]
    /// SHA-256 of the weights, see ``WeightFile/digest()``.
    public let hash: String

    /// Opens a checkpoint, or another file of weights, and settles its model.
    ///
    /// - Parameters:
    ///   - path: What the user named.
    ///   - request: What the user asked for.
    ///   - diagnostics: Is told how the path was understood.
    /// - Throws: ``ToolError`` with ``ExitCode/file`` or ``ExitCode/mismatch``.
    public init(_ path: String, _ request: ModelRequest, _ diagnostics: Diagnostics) throws {
        let file = try ToolError.about(nil) { try WeightFile(path) }
        for note in file.notes { diagnostics.note(note) }
        if let fault = file.faults.first {
            diagnostics.warning("\(file.faults.count) entries are damaged, the first: \(fault)")
        }
        try self.init(file, request)
    }

    /// Settles the model of weights that are open.
    ///
    /// - Throws: ``ToolError`` with ``ExitCode/file`` or ``ExitCode/mismatch``.
    public init(_ file: WeightFile, _ request: ModelRequest) throws {
        self.file = file
        let settled = try ToolError.about(file.path, exitCode: .mismatch) {
            try request.settle(IdentifiedModel(CheckpointInventory(file.tensors)))
        }
        configuration = settled.configuration
        assumed = settled.assumed
        hash = try ToolError.about(nil) { try file.digest() }
    }

    /// A network of this model that is ready to run.
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
        var graph = try ToolError.about(nil, exitCode: .usage) {
            try Graph(configuration, imageSize: imageSize)
        }
        let weights = try weights(of: graph, set)
        if let observed {
            graph.observed.formUnion(observed)
        } else {
            graph.observeAllStages()
        }
        let tuning = TuningFile(measures: options[EngineOptions.tune])
        do {
            let executor = try Executor(
                graph,
                weights: weights,
                batch: batch,
                options: EngineOptions.execution(options, tuning: tuning)
            )
            try tuning.save()
            return executor
        } catch EngineError.graph(let error) {
            throw ToolError(.usage, error)
        }
    }

    /// The weights of a graph of this model.
    ///
    /// - Throws: ``ToolError``.
    public func weights(of graph: Graph, _ set: WeightSet) throws -> Weights {
        do {
            return try Weights(VariableNames(graph), from: file.tensors, set: set)
        } catch let error as ModelError {
            throw ToolError(.mismatch, file: file.path, error)
        } catch {
            throw ToolError(.file, error)
        }
    }

    /// Says on standard error which model this is, what was assumed of it, and whose weights it has.
    public func describe(_ diagnostics: Diagnostics) {
        diagnostics.note("model: \(summary)")
        if !assumed.isEmpty {
            let flags = assumed.map { "--\($0)" }.joined(separator: " ")
            diagnostics.note(
                "a checkpoint cannot tell, and nothing said otherwise, so this is assumed: \(flags)"
            )
        }
        diagnostics.note("\(file.kind): \(file.path), sha256 of \(file.digestSubject) \(hash)")
    }

    /// The model in one line, see `ModelConfiguration.summary`.
    public var summary: String { configuration.summary }
}
