public import Engine
public import Networks

/// Weights on disk with the model that they are the weights of.
public struct LoadedModel {
    /// The weights.
    public let file: WeightFile
    /// The model, every setting decided.
    public let configuration: ModelConfiguration
    /// Settings that nothing told, as published flags with the defaults that were taken.
    public let assumed: [String]
    /// What the weights' training tells of its settings, in a sentence.
    private let told: String?
    /// SHA-256 of the weights, see ``WeightFile/digest()``.
    public let hash: String
    private let caches = PendingCaches()

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
    public init(_ file: WeightFile, _ wanted: ModelRequest) throws {
        self.file = file
        if let fault = HyperParameterFile.fault(besides: file.path) {
            throw ToolError(.file, file: fault.path, fault.reason)
        }
        let request: ModelRequest
        (request, told) = wanted.completed(besides: file.path)
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
        let network = try network(imageSize: imageSize)
        var graph = network.graph
        if let observed {
            graph.observed.formUnion(observed)
        } else {
            graph.observeAllStages()
        }
        var execution = try EngineOptions.execution(options)
        let cache = options[EngineOptions.cacheDirectory].map { folder in
            PreparedWeightsCache(
                folder: folder,
                key: PreparedWeightsCache.key(
                    weights: "\(hash) \(set.rawValue)",
                    observing: graph.observed,
                    configuration,
                    imageSize: imageSize,
                    batch: batch,
                    execution
                )
            )
        }
        do {
            let executor = try cache.flatMap { cache in
                try restarted(graph, batch: batch, execution, cache)
            }
            if let executor { return executor }
            execution.prepared = cache?.prepared
            let made = try Executor(
                graph,
                weights: weights(of: network, set),
                batch: batch,
                options: execution
            )
            cache.map { caches.append($0) }
            return made
        } catch EngineError.graph(let error) {
            throw ToolError(.usage, error)
        }
    }

    /// A network of the weights that an earlier start prepared; nil if they are not there, or not what it wants.
    private func restarted(
        _ graph: Graph,
        batch: Int,
        _ options: ExecutionOptions,
        _ cache: PreparedWeightsCache
    ) throws -> Executor? {
        guard cache.isFound else { return nil }
        var options = options
        options.prepared = cache.prepared
        do {
            return try Executor(graph, weights: Weights(), batch: batch, options: options)
        } catch EngineError.missingParameter {
            cache.forget()
            return nil
        }
    }

    /// Writes down what networks of this model made of their weights, where the options asked for it.
    ///
    /// Takes a while for a large network, so it is best done when the results are out. That it cannot be done is a
    /// warning only.
    public func keepPrepared(_ diagnostics: Diagnostics) {
        for cache in caches.caches {
            if let damage = cache.damage {
                diagnostics.note("\(cache.path) could not be used and is replaced: \(damage)")
            }
            do {
                try cache.save()
            } catch {
                diagnostics.warning("the prepared weights were not kept: \(error)")
            }
        }
        caches.caches = []
    }

    /// The network of this model for pictures of a size.
    ///
    /// - Throws: ``ToolError`` with ``ExitCode/usage``.
    private func network(imageSize: Int) throws -> FamilyNetwork {
        try ToolError.about(nil, exitCode: .usage) {
            try FamilyNetwork(configuration, imageSize: imageSize)
        }
    }

    /// The stages that have a published name, and that name.
    ///
    /// - Throws: ``ToolError`` with ``ExitCode/usage``.
    package func stageNames(imageSize: Int) throws -> [(stage: Stage, name: String)] {
        VariableNames(try network(imageSize: imageSize)).stages
    }

    /// The weights of a network of this model.
    ///
    /// - Throws: ``ToolError``.
    public func weights(of network: FamilyNetwork, _ set: WeightSet) throws -> Weights {
        do {
            return try Weights(VariableNames(network), from: file.tensors, set: set)
        } catch let error as NetworkError {
            throw ToolError(.mismatch, file: file.path, error)
        } catch {
            throw ToolError(.file, error)
        }
    }

    /// Says on standard error which model this is, what was assumed of it, and whose weights it has.
    public func describe(_ diagnostics: Diagnostics) {
        diagnostics.note("model: \(summary)")
        if let told { diagnostics.note(told) }
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

/// The caches of networks that have started, still to be written.
private final class PendingCaches {
    var caches: [PreparedWeightsCache] = []

    func append(_ cache: PreparedWeightsCache) {
        caches.append(cache)
    }
}
