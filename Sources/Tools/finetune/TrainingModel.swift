import Convert
import Data
import Engine
import Networks
import Pictures
import ToolSupport

/// The model that is trained, and the values that it begins with.
struct TrainingModel {
    let configuration: ModelConfiguration
    /// The network as it is evaluated, at the size of evaluation.
    let evaluated: FamilyNetwork
    let names: VariableNames
    let trainer: Trainer
    /// Where the training goes on; nil for a new one.
    let progress: TrainingProgress?
    /// What was begun with, in one line.
    let origin: String

    init(_ options: ParsedOptions, _ setup: TrainingSetup, _ diagnostics: Diagnostics) throws {
        var request = ModelOptions.request(options)
        request.classes = setup.classes(options)
        let isResumed = setup.isResumed
        let file = setup.start
        let settled = try Self.settle(request, setup, options)
        var configuration = settled.configuration
        if let decay = options[ModelOptions.batchNormMomentum] {
            configuration.batchNormDecay = decay
        }
        self.configuration = configuration
        let trained = configuration
        let network = try ToolError.about(nil, exitCode: .usage) {
            try FamilyNetwork(
                trained,
                imageSize: setup.preprocessing.imageSize,
                dropsBlocks: options[FinetuneOptions.usesDropBlock]
            )
        }
        evaluated = try ToolError.about(nil, exitCode: .usage) {
            try FamilyNetwork(trained, imageSize: setup.input.preprocessing.imageSize)
        }
        let graph = network.graph
        let names = VariableNames(network)
        self.names = names
        let settings = try setup.settings(options, graph, names)
        let batch = try Self.partSize(options, setup, settings)
        let start: (weights: Weights, restored: TrainingCheckpoint.Restored?, origin: String)
        if isResumed, let file {
            let restored = try ToolError.about(networkIn: file.path) {
                try TrainingCheckpoint.read(file, names)
            }
            start = (restored.weights, restored, "goes on from \(file.path)")
        } else {
            start = try Self.begin(options, graph, names, file)
        }
        origin = start.origin
        let trainer = try ToolError.about(nil, exitCode: .usage) {
            try Trainer(
                graph,
                weights: start.weights,
                batch: batch,
                settings: settings,
                ranks: Ranks.current
            )
        }
        self.trainer = trainer
        progress = try start.restored.map { restored in
            try Self.resume(trainer, restored, setup, settings, diagnostics)
        }
        diagnostics.note("model: \(configuration.summary)")
        let facts = settled.facts + setup.input.facts
        if file == nil {
            // Whoever begins anew assumes nothing: these are the network's own settings.
            let flags = facts.filter { $0.origin == .assumed }.map(\.flag)
            if !flags.isEmpty {
                diagnostics.note(
                    "nothing said otherwise, so this is taken: \(flags.joined(separator: " "))"
                )
            }
        } else {
            diagnostics.tell(facts, recordedIn: setup.recorded)
            diagnostics.tellContradictions(setup.recorded, configuration)
        }
        for doubt in setup.input.doubts { diagnostics.warning(doubt) }
        diagnostics.note(origin)
    }

    /// The model's variables as they are now, by name.
    var variables: [(name: String, values: [Float])] {
        let weights = trainer.weights
        return names.values(in: weights)
    }

    /// The pictures that are computed together.
    private static func partSize(
        _ options: ParsedOptions,
        _ setup: TrainingSetup,
        _ settings: TrainingSettings
    ) throws -> Int {
        let parts = FinetuneOptions.partCount(options)
        let flag = options[FinetuneOptions.accumulate] == nil ? "--num-gpus" : "--accumulate"
        let ranks = Ranks.current.count
        guard parts % ranks == 0 else {
            throw ToolError(
                .usage,
                "\(flag)=\(parts): \(ranks) ranks share the parts of a step, so there must be as many, or "
                    + "a multiple; without \(flag) there are \(ranks)"
            )
        }
        let size = setup.length.batch / parts
        let isHalved = settings.mixup == .twice
        guard setup.length.batch % parts == 0 else {
            throw ToolError(
                .usage,
                "a batch of \(setup.length.batch) cannot be divided into \(parts) parts "
                    + "(\(flag))"
            )
        }
        guard !isHalved || size % 2 == 0 else {
            throw ToolError(
                .usage,
                "--mixup-type=2 mixes the halves of \(parts == 1 ? "a batch" : "each part of a batch"): "
                    + "\(size) pictures have none"
            )
        }
        return size
    }

    private static func settle(
        _ request: ModelRequest,
        _ setup: TrainingSetup,
        _ options: ParsedOptions
    ) throws -> SettledModel {
        guard let file = setup.start else {
            guard request.classes != nil else {
                throw ToolError(.usage, "give --num-classes or --dataset-name")
            }
            return try ToolError.about(nil, exitCode: .usage) {
                try request.settleFromScratch(width: options[FinetuneOptions.width])
            }
        }
        let settled = try ToolError.about(networkIn: file.path) {
            let identified = try IdentifiedModel(CheckpointInventory(file.tensors))
            return setup.isResumed
                ? try request.settle(identified, recorded: setup.recorded, names: file.names)
                : try request.settleForWarmStart(
                    identified,
                    recorded: setup.recorded,
                    names: file.names
                )
        }
        let width = settled.configuration.width
        guard !options.isGiven(FinetuneOptions.width) || options[FinetuneOptions.width] == width
        else {
            throw ToolError(
                .mismatch,
                file: file.path,
                "--width=\(options[FinetuneOptions.width]), but the checkpoint holds \(width)"
            )
        }
        return settled
    }

    /// The initial values, and what is taken of a checkpoint in their place.
    private static func begin(
        _ options: ParsedOptions,
        _ graph: Graph,
        _ names: VariableNames,
        _ file: WeightFile?
    ) throws -> (weights: Weights, restored: TrainingCheckpoint.Restored?, origin: String) {
        try ToolError.about(nil, exitCode: .usage) { try Trainer.requireMemory(for: graph) }
        var random = RandomNumbers(seed: UInt64(options[FinetuneOptions.seed]), stream: 1)
        var weights = Weights.initial(
            for: graph,
            zeroGamma: options[ModelOptions.zeroGamma] ?? false,
            classification: options[FinetuneOptions.classification],
            using: &random
        )
        guard let file else { return (weights, nil, "begins from scratch") }
        let rule = options[FinetuneOptions.warmStart]
        let (taken, left) = try ToolError.about(networkIn: file.path) {
            try rule.apply(
                to: &weights,
                names,
                from: file.tensors,
                set: options[FinetuneOptions.pretrainedWeights]
            )
        }
        let statistics =
            rule == .published ? "without moving statistics" : "moving statistics included"
        return (
            weights, nil,
            "begins with \(taken) variables of \(file.path), \(statistics); \(left.count) begin anew"
        )
    }

    private static func resume(
        _ trainer: Trainer,
        _ restored: TrainingCheckpoint.Restored,
        _ setup: TrainingSetup,
        _ settings: TrainingSettings,
        _ diagnostics: Diagnostics
    ) throws -> TrainingProgress {
        if restored.progress == nil {
            diagnostics.note(
                "the checkpoint was not written by this tool: its data position is taken from its step"
            )
        }
        // Another program's training goes on at the same place in the data.
        let drawn = restored.step * settings.mixup.drawnCount(for: setup.length.batch)
        var position = StreamPosition()
        position.epoch = drawn / setup.length.images
        position.drawn = drawn % setup.length.images
        let known =
            restored.progress
            ?? TrainingProgress(step: restored.step, position: position, skipped: 0)
        trainer.resume(at: restored.step, slots: restored.slots, averages: restored.averages)
        return known
    }
}
