internal import Checkpoint
public import Engine
internal import Foundation
public import Networks
internal import Proto

/// A checkpoint of a training: variables, momentum slots, averages, `global_step`, as TensorFlow's Saver writes them.
public enum TrainingCheckpoint {
    /// Writes a checkpoint and, beside it, what else a training must know to go on.
    ///
    /// The index, which makes it a checkpoint, comes last. Every trainable variable has a slot, frozen ones zeros, so
    /// that the published code can restore it.
    ///
    /// - Parameters:
    ///   - trainer: The training.
    ///   - names: The variables of its model.
    ///   - progress: What else there is to know.
    ///   - prefix: The path without ending.
    /// - Throws: `CheckpointError`, ``ConversionError``.
    public static func write(
        _ trainer: Trainer,
        _ names: VariableNames,
        _ progress: TrainingProgress,
        to prefix: String
    ) throws {
        // Copied one at a time, when their turn to be written comes.
        var tensors: [(name: String, copy: () -> WeightTensor?)] = []
        for variable in names.variables {
            let key = variable.parameter.key
            tensors.append((variable.name, { trainer.value(of: key) }))
            guard variable.isTrainable else { continue }
            let zeros = {
                WeightTensor(
                    shape: variable.shape,
                    values: [Float](repeating: 0, count: variable.parameter.count)
                )
            }
            tensors.append(
                (
                    "\(variable.name)/\(VariableNames.momentumSlot)",
                    { trainer.slot(of: key) ?? zeros() }
                )
            )
            if trainer.settings.averageDecay != nil {
                tensors.append(
                    (
                        "\(variable.name)/\(VariableNames.movingAverage)",
                        { trainer.average(of: key) ?? trainer.value(of: key) }
                    )
                )
            }
        }
        let writer = try BundleWriter(prefix: prefix)
        let step = Int64(progress.step).littleEndian
        try unsafe withUnsafeBytes(of: step) {
            try unsafe writer.add(VariableNames.globalStep, .int64, shape: [], bytes: $0.bytes)
        }
        for (name, copy) in tensors.sorted(by: {
            $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
        }) {
            guard let tensor = copy() else { preconditionFailure("\(name) is not in the model") }
            try unsafe writer.add(
                name,
                .float32,
                shape: tensor.shape,
                bytes: tensor.values.span.bytes
            )
        }
        try AtomicFile.write(progress.encoded(), to: TrainingProgress.path(besides: prefix))
        try writer.finish()
    }

    /// Writes the graph of a checkpoint's network beside it, from which TensorFlow rebuilds it and restores all its variables.
    ///
    /// - Throws: `CheckpointError`, ``ConversionError``, `NetworkError`.
    public static func writeGraph(of network: FamilyNetwork, besides prefix: String) throws {
        let plan = try ConversionPlan(WeightFile(prefix), ConversionRequest())
        try MetaGraphWriter.write(
            plan,
            try NetworkPlan(network, plan),
            to: MetaGraphWriter.path(prefix: prefix),
            replacing: true
        )
    }

    /// What a training goes on from.
    public struct Restored: Sendable {
        /// Variables of the model.
        public let weights: Weights
        /// Momentum, as far as it is there.
        public let slots: Weights
        /// Averages, as far as they are there.
        public let averages: Weights
        /// Steps taken.
        public let step: Int
        /// The rest; nil for a checkpoint that another program wrote.
        public let progress: TrainingProgress?
    }

    /// Reads a checkpoint that a training left behind.
    ///
    /// - Parameters:
    ///   - file: The checkpoint.
    ///   - names: The variables of its model.
    /// - Returns: all that it holds.
    /// - Throws: `CheckpointError`, ``NetworkError``, ``ConversionError``.
    public static func read(_ file: WeightFile, _ names: VariableNames) throws -> Restored {
        let source = file.tensors
        var slots = Weights()
        var averages = Weights()
        for variable in names.variables where variable.isTrainable {
            let key = variable.parameter.key
            let slot = "\(variable.name)/\(VariableNames.momentumSlot)"
            if let entry = source.tensor(named: slot), entry.shape == variable.shape {
                slots[key] = try WeightTensor(entry, of: source)
            }
            let average = "\(variable.name)/\(VariableNames.movingAverage)"
            if let entry = source.tensor(named: average), entry.shape == variable.shape {
                averages[key] = try WeightTensor(entry, of: source)
            }
        }
        let step = try step(of: file)
        let progress = try TrainingProgress(besides: file.path)
        return Restored(
            weights: try Weights(names, from: source),
            slots: slots,
            averages: averages,
            step: step,
            // What belongs to another step is of no use.
            progress: progress?.step == step ? progress : nil
        )
    }

    private static func step(of file: WeightFile) throws -> Int {
        guard let step = try file.step(), step >= 0, step < 1 << 40 else {
            throw ConversionError.noStep(path: file.path)
        }
        return Int(step)
    }
}
