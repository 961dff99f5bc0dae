import Data
import ToolSupport

/// The published steps that come before ImageNet's records.
struct ImageNetSteps {
    private let options: ParsedOptions
    private let diagnostics: Diagnostics

    init(_ options: ParsedOptions, _ diagnostics: Diagnostics) {
        self.options = options
        self.diagnostics = diagnostics
    }

    /// Moves validation pictures into a folder for each synset.
    func sortValidation(_ folder: String) throws -> ExitCode {
        guard let labels = options[MakeRecordsOptions.validationLabels] else {
            throw ToolError(.usage, "--sort-validation needs --validation-labels")
        }
        let sorting = try ToolError.about(nil) {
            let sorting = try ValidationSorting(
                folder: folder,
                labels: labels,
                synsets: options[MakeRecordsOptions.labelFile]
            )
            try sorting.run()
            return sorting
        }
        var results = Results(schema: "reassemble.make-records.sort", version: 1)
        results.append("pictures", .integer(sorting.count))
        try deliver(results, "moved \(grouped(sorting.count)) pictures in \(folder)\n")
        return .done
    }

    /// Writes the published list of boxes.
    func writeBoxes(to path: String) throws -> ExitCode {
        guard let source = options[MakeRecordsOptions.boxes] else {
            throw ToolError(.usage, "--write-bounding-boxes needs --bounding-box-file DIR")
        }
        var file = try ResultFile(path, replacing: options[RunOptions.force])
        let boxes = try ToolError.about(nil) {
            try BoundingBoxes(
                path: source,
                synsets: try options[MakeRecordsOptions.labelFile].map {
                    try BoundingBoxes.synsets(in: $0)
                }
            )
        }
        try file.write(boxes.csv)
        try file.finish()
        var results = Results(schema: "reassemble.make-records.boxes", version: 1)
        results.append("boxes", .integer(boxes.count))
        results.append("files", .integer(boxes.fileCount))
        results.append("skipped_files", .integer(boxes.skippedFiles))
        results.append("skipped_boxes", .integer(boxes.skippedBoxes))
        try deliver(
            results,
            "wrote \(grouped(boxes.count)) boxes of \(grouped(boxes.fileCount)) files; left out: "
                + "\(grouped(boxes.skippedFiles)) files, \(grouped(boxes.skippedBoxes)) boxes\n"
        )
        return .done
    }

    private func deliver(_ results: Results, _ text: String) throws {
        try StandardOutput.write(options[RunOptions.json] ? results.json.indentedText : text)
    }
}
