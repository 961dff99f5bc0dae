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
    /// What is to be said of them.
    let remarks: [DataRemark]
    private let namesOffset: Int

    /// Finds them out.
    ///
    /// - Throws: ``ToolError``.
    init(_ options: ParsedOptions, _ network: Network) throws {
        let given = try ToolError.about(nil) {
            try options[EvalOptions.labelFile].map { try ClassNames(path: $0) }
        }
        let names = try ToolError.about(nil) { try given ?? network.classNames() }
        self.names = names
        let asked = options[EvalOptions.labelOffset]
        let first = given?.firstLabel(of: network.classes) ?? network.firstLabel(of: names)
        // A graph of 1001 outputs has a background in front of ImageNet's classes, as the labels of its records have.
        let assumed =
            asked == nil && network.recordedOffset == nil && names == nil
            ? Self.usual(network) : nil
        namesOffset = asked ?? assumed?.folders ?? first
        let isRecords =
            try options[EvalOptions.dataDirectory].map { folder in
                let pattern = options[EvalOptions.validationPattern]
                return try ToolError.about(nil) {
                    try !RecordSet(folder: folder, patterns: [pattern]).files.isEmpty
                }
            } ?? false
        // Retrieval compares labels with each other alone, and -1 must stay -1.
        let isRetrieval = options[RetrievalOptions.zeroShot]
        let recordsOffset =
            isRetrieval
            ? 0
            : asked ?? network.labelOffset(forRecords: true) ?? assumed?.records ?? 0
        offset = isRecords ? recordsOffset : namesOffset
        byLabel = Dictionary(
            uniqueKeysWithValues: (names?.names ?? []).enumerated().map { [namesOffset] in
                ($0 + namesOffset, $1)
            }
        )
        guard !isRetrieval else {
            remarks = asked.map { _ in [.note(Self.offsetOfRetrieval)] } ?? []
            return
        }
        var remarks = Self.remarks(network, offset, asked: asked, isUsed: given == nil)
        if assumed != nil {
            remarks.append(
                .warning(
                    "of \(network.classes) outputs this is assumed: --label-offset=\(offset)"
                )
            )
        }
        self.remarks = remarks
    }

    /// What ImageNet's labels are shifted by, in records and in folders, where a graph has as many outputs as that has classes,
    /// with a background or without.
    private static func usual(_ network: Network) -> (records: Int, folders: Int)? {
        guard case .imported = network.model else { return nil }
        return switch network.classes {
        case 1001: (0, 1)
        case 1000: (-1, 0)
        default: nil
        }
    }

    private static let offsetOfRetrieval =
        "--label-offset means nothing for retrieval, which compares labels with each other"

    /// What is said of the offset that is recorded.
    private static func remarks(
        _ network: Network,
        _ offset: Int,
        asked: Int?,
        isUsed: Bool
    ) -> [DataRemark] {
        guard isUsed, let path = network.recorded?.path, let told = network.recordedOffset,
            told != offset || (asked == nil && told != 0)
        else { return [] }
        if asked == nil, told == offset { return [.note("\(path) tells: --label-offset=\(told)")] }
        let sentence =
            "\(path) tells --label-offset=\(told), but the labels are taken with an offset of \(offset)"
        return asked == nil
            ? [
                .warning(
                    "\(sentence), as it is not known to be meant for such data; give --label-offset"
                )
            ]
            : [.note("\(sentence), as asked for")]
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
