import Data
import Engine
import Networks
import ToolSupport

/// Which class has which label: the names of the classes, if anybody knows them, and the label of the first.
struct EvaluationLabels {
    /// The names: those of the command line, or those that a training left beside the checkpoint.
    let names: ClassNames?
    /// The label of the first name, or what is added to the labels in records.
    let offset: Int
    /// Names by label.
    let byLabel: [Int: String]
    private let namesOffset: Int

    /// Finds them out.
    ///
    /// - Throws: ``ToolError``.
    init(_ options: ParsedOptions, _ model: LoadedModel) throws {
        let classes = model.configuration.classes
        let given = try ToolError.about(nil) {
            try options[EvalOptions.labelFile].map { try ClassNames(path: $0) }
        }
        let names = try ToolError.about(nil) {
            try given ?? ClassNames.found(besidesCheckpoint: model.file.path)
        }
        self.names = names
        // Class 0 of a network that has one class more than there are names is the background.
        let isBackground = names.map { $0.names.count + 1 == classes } ?? false
        let told = given == nil && names != nil ? Self.told(model) : nil
        namesOffset = options[EvalOptions.labelOffset] ?? told ?? (isBackground ? 1 : 0)
        let isRecords =
            try options[EvalOptions.dataDirectory].map { folder in
                let pattern = options[EvalOptions.validationPattern]
                return try ToolError.about(nil) {
                    try !RecordSet(folder: folder, patterns: [pattern]).files.isEmpty
                }
            } ?? false
        offset = isRecords ? options[EvalOptions.labelOffset] ?? 0 : namesOffset
        byLabel = Dictionary(
            uniqueKeysWithValues: (names?.names ?? []).enumerated().map { [namesOffset] in
                ($0 + namesOffset, $1)
            }
        )
    }

    /// The label of the first name by what a training has left beside its checkpoint.
    private static func told(_ model: LoadedModel) -> Int? {
        HyperParameterFile(besides: model.file.path)?.values["label_offset"].flatMap { Int($0) }
    }

    /// What is wrong between the names of the network's classes and those that lie beside records.
    ///
    /// - Throws: ``ToolError``.
    func remarks(onRecordsIn folder: String) throws -> [DataRemark] {
        try ToolError.about(nil) {
            guard let names, let others = try ClassNames.found(in: folder) else { return [] }
            let difference = names.disagreement(
                offset: namesOffset,
                with: others,
                offsets: offset...(offset + 1)
            )
            return difference.map { [.warning("labels do not mean the same: \($0)")] } ?? []
        }
    }
}
