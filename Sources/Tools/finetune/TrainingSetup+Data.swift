import Checkpoint
import Convert
import Data
import Networks
import ToolSupport

// The data that are trained and evaluated on.
extension TrainingSetup {
    /// What is evaluated; nil where there is nothing and nothing was asked for.
    ///
    /// Its classes are numbered as those of training. Retrieval's are others, whose labels are compared with each other alone.
    static func validation(
        _ options: ParsedOptions,
        _ folder: String,
        classes: ClassNames?,
        labelOffset: Int
    ) throws -> TrainingData? {
        let pattern = FinetuneOptions.validationPattern
        do {
            return try TrainingData(
                folder: folder,
                pattern: options[pattern],
                subfolders: ["validation", "val", "test"],
                mustHaveSubfolder: true,
                classes: classes,
                labelOffset: labelOffset,
                keys: RecordOptions.keys(options)
            )
        } catch DataError.noData where !options.isGiven(pattern) {
            return nil
        } catch {
            throw ToolError(.file, error)
        }
    }

    /// Throws if a training would go on with other classes than it was begun with.
    static func compare(
        _ now: ClassNames?,
        with before: ClassNames?,
        _ folder: String
    ) throws {
        guard let now, let before else { return }
        let places = 0..<min(now.names.count, before.names.count)
        guard
            let place = places.first(where: {
                ByteName(now.names[$0]) != ByteName(before.names[$0])
            })
        else { return }
        throw ToolError(
            .file,
            file: before.path,
            "the training was begun with other classes: the one that was "
                + "'\(ByteName(before.names[place]))' is '\(ByteName(now.names[place]))' now"
        )
    }

    /// Leaves the names of the classes beside the checkpoints; the first is that of the label offset.
    ///
    /// - Throws: ``ToolError``.
    func writeClassNames(classes: Int) throws {
        guard let classNames else { return }
        var names = classNames.names
        // Names beside records begin at the records' first label, which is 1 where class 0 is a background.
        if data.classNames == nil {
            guard labelOffset == 0, [0, 1].contains(classes - names.count) else { return }
            if classes - names.count == 1 { names.insert("background", at: 0) }
        }
        try ToolError.about(nil) {
            try AtomicFile.write(
                try ClassNames.file(names),
                to: "\(folder)/\(ClassNames.fileName)"
            )
        }
    }

    /// The classes that were asked for, or that the data have.
    func classes(_ options: ParsedOptions) -> Int? {
        options[ModelOptions.classCount] ?? dataSet?.classes ?? data.classCount
    }
}
