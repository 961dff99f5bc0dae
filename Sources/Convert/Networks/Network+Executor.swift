package import Engine

extension Network {
    /// A network that is ready to run.
    ///
    /// - Parameters:
    ///   - imageSize: The side of its pictures, in pixels.
    ///   - batch: The pictures of one step.
    ///   - set: Which of the weights are meant.
    ///   - observed: The stages whose values stay readable besides the logits; nil: all.
    ///   - options: How it is computed.
    ///   - folder: Where prepared weights are kept; nil: nowhere.
    /// - Returns: The network, its weights in it.
    /// - Throws: ``NetworkError``, `GraphError`, `EngineError`, `CheckpointError`.
    package func executor(
        imageSize: Int,
        batch: Int,
        _ set: WeightSet,
        observing observed: Set<Stage>? = [],
        _ options: ExecutionOptions,
        cachingIn folder: String? = nil
    ) throws -> Executor {
        var graph: Graph
        let values: () throws -> Weights
        var batch = batch
        switch model {
        case .family(let model):
            let network = try model.built(imageSize: imageSize)
            graph = network.graph
            values = { try model.values(of: network, set) }
        case .imported(let imported):
            let translated = try imported.translated(
                forSquares: imageSize,
                classes: classes,
                observing: observed == nil ? imported.tensorNames : []
            )
            graph = translated.graph
            values = { translated.weights }
            batch = translated.batch ?? batch
        }
        if let observed {
            graph.observed.formUnion(observed)
        } else {
            graph.observeAllStages()
        }
        let cache = try folder.map { folder in
            PreparedWeightsCache(
                folder: folder,
                key: PreparedWeightsCache.key(
                    weights: "\(try files.digest()) \(set.rawValue)",
                    graph,
                    batch: batch,
                    options
                )
            )
        }
        if let cache, let executor = try restarted(graph, batch: batch, options, cache) {
            return executor
        }
        var options = options
        options.prepared = cache?.prepared
        let made = try Executor(
            graph,
            weights: values(),
            batch: batch,
            options: options
        )
        cache.map { caches.append($0) }
        return made
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

    /// Writes down what executors made of their weights, where that was asked for.
    ///
    /// Takes a while for a large network, so it is best done when the results are out.
    ///
    /// - Returns: a sentence for each file that could not be used, or not be written.
    public func keepPrepared() -> [String] {
        var sentences: [String] = []
        for cache in caches.caches {
            if let damage = cache.damage {
                sentences.append("\(cache.path) could not be used and is replaced: \(damage)")
            }
            do {
                try cache.save()
            } catch {
                sentences.append("the prepared weights were not kept: \(error)")
            }
        }
        caches.caches = []
        return sentences
    }
}

/// The caches of executors that have started, still to be written.
final class PendingCaches {
    var caches: [PreparedWeightsCache] = []

    func append(_ cache: PreparedWeightsCache) {
        caches.append(cache)
    }
}
