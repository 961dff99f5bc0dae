import Checkpoint
import Convert
import Data
import Engine
import Foundation
import Networks
import Pictures
import ToolSupport

/// All that the command line decides before the model is known: data, schedule, how pictures are prepared.
struct TrainingSetup {
    let folder: String
    /// Whether the folder's training goes on.
    let isResumed: Bool
    let data: TrainingData
    /// What is evaluated; nil where there is nothing.
    let validation: TrainingData?
    let dataSet: DataSet?
    let length: TrainingLength
    /// Steps in all.
    let lastStep: Int
    /// The steps behind which the network is evaluated.
    let evaluatedSteps: [Int]
    /// How pictures are prepared while training.
    let preprocessing: Preprocessing
    let distortion: PictureDistortion?
    /// How pictures are prepared for evaluation, and how that is known.
    let input: InputConvention
    /// The weights that are begun with: those of the folder's training, or of another one.
    let start: WeightFile?
    /// What is recorded of these.
    let recorded: RecordedFlags?
    let order: TrainingOrder
    /// What was left out of the data, and what was taken for granted.
    let remarks: [DataRemark]
    /// The names of the classes, where anybody knows them; the first is that of the label offset.
    let classNames: ClassNames?
    let labelOffset: Int

    init(_ options: ParsedOptions, _ diagnostics: Diagnostics) throws {
        guard let folder = options[FinetuneOptions.modelDirectory] else {
            throw ToolError(.usage, "give --model-dir, the folder for what is left behind")
        }
        guard let dataFolder = options[FinetuneOptions.dataDirectory] else {
            throw ToolError(.usage, "give --data-dir, the folder of the pictures")
        }
        self.folder = folder
        try FinetuneOptions.refuseContradictions(options, folder: folder)
        isResumed = !options[FinetuneOptions.clean] && TrainingFolder.holdsTraining(folder)
        let replaces = options[FinetuneOptions.clean] || options[RunOptions.force]
        if let stray = TrainingFolder.strayCheckpoint(in: folder), !replaces {
            throw ToolError(
                .file,
                file: folder,
                "\(stray) is there, but no file `checkpoint` that says whether to go on from it; --clean takes it away"
            )
        }
        // Said before the work rather than behind it.
        if let plot = options[FinetuneOptions.plot] {
            guard plot.hasSuffix(".svg") else {
                throw ToolError(.usage, file: plot, "--plot draws SVG: end the name with .svg")
            }
            // A training that goes on has drawn one where it was stopped.
            _ = try ResultFile(plot, replacing: options[RunOptions.force] || isResumed)
        }
        dataSet = try options[FinetuneOptions.datasetName].map { name in
            guard let known = DataSet.named(name) else {
                let names = DataSet.all.map(\.name).joined(separator: ", ")
                throw ToolError(
                    .usage,
                    "the data set '\(name)' is not known (\(names)); leave out --dataset-name and give "
                        + "--num-classes, its pictures are counted"
                )
            }
            return known
        }
        let offset = options[FinetuneOptions.labelOffset]
        labelOffset = offset
        let goesOn = isResumed
        let before = try ToolError.about(nil) {
            try goesOn ? ClassNames.found(in: folder) : nil
        }
        let names = try ToolError.about(nil) {
            try options[FinetuneOptions.labelFile].map { try ClassNames(path: $0) }
                ?? before ?? ClassNames.found(besidesData: dataFolder)
        }
        let data = try ToolError.about(nil) {
            try TrainingData(
                folder: dataFolder,
                pattern: options[FinetuneOptions.trainingPattern],
                subfolders: ["train"],
                classes: names,
                labelOffset: offset,
                keys: RecordOptions.keys(options)
            )
        }
        self.data = data
        let isRetrieval = options[RetrievalOptions.zeroShot]
        let validation = try Self.validation(
            options,
            dataFolder,
            classes: isRetrieval ? nil : data.classNames,
            labelOffset: isRetrieval ? 0 : offset
        )
        self.validation = validation
        let settledNames = data.classNames ?? names
        classNames = settledNames
        try Self.compare(settledNames, with: before, folder)
        let faults = data.faults + (validation?.faults ?? [])
        guard faults.isEmpty || options[RunOptions.force] else {
            throw ToolError(.file, DataError.brokenSet(folder: dataFolder, faults: faults))
        }
        remarks =
            faults.map { .warning("\(dataFolder): \($0)") } + data.remarks
            + (validation?.remarks ?? [])
        let counted =
            try options[FinetuneOptions.imagesPerEpoch] ?? dataSet?.trainingCount
            ?? ToolError.about(nil) { try data.count() }
        guard counted > 0 else { throw ToolError(.file, DataError.emptyData(dataFolder)) }
        length = TrainingLength(
            images: counted,
            batch: options[FinetuneOptions.batchSize],
            epochs: options[FinetuneOptions.epochs]
        )
        guard length.steps > 0 else {
            throw ToolError(
                .usage,
                "there is nothing to train: \(length.epochs) epochs of \(counted) pictures are no batch of "
                    + "\(length.batch); eval evaluates a checkpoint"
            )
        }
        evaluatedSteps = Self.evaluatedSteps(options, length)
        lastStep = min(
            options[FinetuneOptions.maxSteps] == nil
                ? length.steps : evaluatedSteps.last ?? length.steps,
            options[FinetuneOptions.stopAtStep] ?? .max
        )
        let path = isResumed ? folder : options[FinetuneOptions.pretrained]
        let start = try path.map { path in try ToolError.about(nil) { try WeightFile(path) } }
        for note in start?.notes ?? [] { diagnostics.note(note) }
        for warning in start?.warnings ?? [] { diagnostics.warning(warning) }
        self.start = start
        (recorded, input) = try ToolError.about(networkIn: start?.path ?? folder) {
            let recorded = try start?.recordedFlags()
            let request = try NetworkRequest(options)
            return (
                recorded,
                try InputConvention(
                    request.input,
                    published: request.model.published,
                    recorded: recorded
                )
            )
        }
        preprocessing = try Self.training(input)
        distortion = try Self.distortion(options, preprocessing)
        order = TrainingOrder(
            shuffleBuffer: options[FinetuneOptions.shuffle]
                ? options[FinetuneOptions.shuffleBuffer] ?? dataSet?.shuffleBuffer ?? 1000 : nil,
            seed: UInt64(options[FinetuneOptions.seed])
        )
    }
}
