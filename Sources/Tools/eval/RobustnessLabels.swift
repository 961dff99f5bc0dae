import Data
import Engine
import Networks
import ToolSupport

/// Which class has which label, for pictures that robustness is measured on.
struct RobustnessLabels {
    /// The label of the first name, once it is settled.
    private(set) var offset: Int?
    private let options: ParsedOptions
    private let classes: Int

    init(_ options: ParsedOptions, classes: Int) {
        self.options = options
        self.classes = classes
    }

    /// The names of the classes, as far as a file has them.
    private func names(_ network: Network, besides folder: String) throws -> ClassNames? {
        if let path = options[EvalOptions.labelFile] {
            return try ToolError.about(nil) { try ClassNames(path: path) }
        }
        return try ToolError.about(nil) {
            try network.classNames()
                ?? ClassNames.found(besidesData: folder)
        }
    }

    /// The label of the first of so many names: as told, or else 1 where the network has one class more.
    private mutating func settle(_ count: Int, _ remarks: inout [DataRemark]) -> Int {
        if let offset { return offset }
        let settled: Int
        if let given = options[EvalOptions.labelOffset] {
            settled = given
        } else {
            settled = count + 1 == classes || classes == 1001 ? 1 : 0
            remarks.append(
                .warning(
                    "nothing says where labels begin, and the model has \(classes) classes and there "
                        + "are \(count) names of classes, so this is assumed: "
                        + "--label_offset=\(settled)"
                )
            )
        }
        offset = settled
        return settled
    }

    /// Corrupted pictures with their labels.
    ///
    /// - Throws: ``ToolError``.
    mutating func pictures(
        _ found: CorruptedFolders,
        _ network: Network,
        limit: Int,
        _ remarks: inout [DataRemark]
    ) throws -> CorruptedPictures {
        remarks += found.remarks
        let known = try fitting(names(network, besides: found.folder), found.classNames, &remarks)
        if offset == nil {
            offset = known?.isFound == true ? network.labelOffset(forRecords: false) : nil
        }
        let count = known?.names.count ?? found.classNames.count
        let first =
            found.isAllRecords
            ? options[EvalOptions.labelOffset] ?? 0 : settle(count, &remarks)
        if found.isAllRecords { offset = first }
        if known == nil, !found.isAllRecords { warnOfOrder(found.folder, count, &remarks) }
        let pictures = try ToolError.about(nil) {
            try CorruptedPictures(
                found,
                names: known ?? ClassNames(found.classNames, path: found.folder),
                labelOffset: first,
                recordOffset: options[EvalOptions.labelOffset] ?? 0,
                keys: RecordOptions.keys(options),
                limit: limit
            )
        }
        try check(pictures.folderLabels, in: found.folder)
        return pictures
    }

    /// Clean pictures with their labels.
    ///
    /// - Throws: ``ToolError``.
    mutating func clean(
        _ folder: String,
        _ settings: CorruptionSettings,
        _ network: Network,
        _ remarks: inout [DataRemark]
    ) throws -> CleanPictures {
        let names = try names(network, besides: folder)
        if offset == nil {
            offset = names?.isFound == true ? network.labelOffset(forRecords: false) : nil
        }
        let set = try ToolError.about(nil) {
            try RecordSet(folder: folder, patterns: [options[EvalOptions.validationPattern]])
        }
        guard set.files.isEmpty else {
            remarks += (set.faults + set.doubts).map { .warning("\(folder): \($0)") }
            let added = options[EvalOptions.labelOffset] ?? 0
            // Class 0 of a network that has one class more than there are names is the background.
            let namesOffset = names.map { $0.names.count + 1 == classes } == true ? 1 : 0
            if offset == nil { offset = added }
            return CleanPictures(
                records: set.files,
                names: names,
                namesOffset: namesOffset,
                labelOffset: added,
                keys: RecordOptions.keys(options)
            )
        }
        let source = try ToolError.about(nil) { try CorruptionSource(folder: folder) }
        let classNames = source.classNames
        let known = try fitting(names, classNames, &remarks)
        let count = known?.names.count ?? classNames.count
        let first = settle(count, &remarks)
        if known == nil { warnOfOrder(folder, count, &remarks) }
        let pictures = try ToolError.about(nil) {
            try CleanPictures(source, names: known, labelOffset: first, settings)
        }
        remarks += pictures.remarks
        try check(pictures.folderLabels, in: folder)
        return pictures
    }

    /// Names that were found, unless they name none of the folders.
    private func fitting(
        _ names: ClassNames?,
        _ folders: [String],
        _ remarks: inout [DataRemark]
    ) throws -> ClassNames? {
        guard let names, names.isFound, !folders.isEmpty,
            !folders.contains(where: { names.knows($0) })
        else { return names }
        remarks.append(
            .warning("\(names.path) names none of the class folders, so it is not used")
        )
        return nil
    }

    private func warnOfOrder(_ folder: String, _ count: Int, _ remarks: inout [DataRemark]) {
        guard count + (offset ?? 0) != classes else { return }
        remarks.append(
            .warning(
                "\(folder) holds \(count) class folders, but the model has \(classes) classes, and "
                    + "labels begin at \(offset ?? 0); labels are places in the list of these "
                    + "folders: --label-file names the classes"
            )
        )
    }

    private func check(_ labels: [Int], in folder: String) throws {
        guard let wrong = labels.first(where: { !(0..<classes).contains($0) }) else { return }
        throw ToolError(
            .mismatch,
            file: folder,
            "a class folder has label \(wrong), which is outside the model's \(classes) classes "
                + "(0...\(classes - 1)); --label-offset says where labels begin"
        )
    }
}
