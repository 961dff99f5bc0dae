import Base
import Data
import Engine
import Formats
import Networks
import Pictures
import ToolSupport

/// The pictures that robustness against corruptions is measured on: files, or what is made in memory.
struct RobustnessInput {
    /// The clean pictures, if there are any, and the corrupted ones.
    let all: any PictureSource
    /// One picture, clean and under each corruption, as far as it is there.
    let sheet: any PictureSource
    /// How many pictures in a row are shared out together.
    let unit: Int
    /// Whether clean pictures are among them.
    let hasClean: Bool
    /// How pictures are prepared.
    let preprocessing: Preprocessing
    /// The label of the first class.
    let labelOffset: Int
    /// What is read and how, in one line.
    let summary: String
    /// What was left out, and what was taken for granted.
    let remarks: [DataRemark]
    /// What decides the pictures, for parts.
    let fingerprint: String
    /// How corrupted and clean pictures are made; nil where none are.
    let settings: CorruptionSettings?
    /// The parts that are measured if they are there.
    let wanted: [MeasuredPart]

    init(_ options: ParsedOptions, _ network: Network, _ diagnostics: Diagnostics) throws {
        let classes = network.classes
        var remarks: [DataRemark] = []
        let prepared = try Self.preprocessing(options, network, diagnostics)
        preprocessing = prepared
        let side = prepared.imageSize
        var settings: CorruptionSettings?
        let makesAny =
            options.isGiven(EvalOptions.corruptFrom) || options.isGiven(EvalOptions.cleanDirectory)
        if makesAny {
            settings = try CorruptionOptions.settings(
                options,
                resize: options[EvalOptions.resize] ?? Self.resize(for: side),
                crop: side
            )
        }
        let corruptions = Corruption.allCases.filter {
            options[CorruptionOptions.only].contains($0)
        }
        let severities = Set(options[CorruptionOptions.severities]).sorted()
        let corrupted = corruptions.flatMap { corruption in
            severities.map { MeasuredPart.corrupted(corruption, severity: $0) }
        }
        var labels = RobustnessLabels(options, classes: classes)
        var sources: [any PictureSource] = []
        var sheets: [any PictureSource] = []
        var units: [Int] = []
        var described: [String] = []
        let limit = options[EvalOptions.limit] ?? .max
        if let folder = options[EvalOptions.corruptFrom], var made = settings {
            if corruptions.contains(.frost) {
                made.frost = try CorruptionOptions.frost(
                    options,
                    folder: EvalOptions.frostDirectory,
                    side: side
                )
            }
            settings = made
            CorruptionOptions.tellAssumptions(made, hasJPEG: true, options, diagnostics)
            let clean = try labels.clean(folder, made, network, &remarks)
            let parts = [.clean] + corrupted
            let pictures = try ToolError.about(nil) {
                try MadeCorruptions(clean, made, parts: parts, limit: limit)
            }
            sources.append(pictures)
            sheets.append(pictures.limited(to: 1))
            units.append(parts.count)
            described.append("pictures of \(folder), corrupted in memory")
        } else {
            if let folder = options[EvalOptions.cleanDirectory], let settings {
                let clean = try labels.clean(folder, settings, network, &remarks)
                let pictures = try ToolError.about(nil) {
                    try MadeCorruptions(clean, settings, parts: [.clean], limit: limit)
                }
                sources.append(pictures)
                sheets.append(pictures.limited(to: 1))
                units.append(1)
                described.append("clean pictures of \(folder)")
            }
            let folder = options[EvalOptions.dataDirectory] ?? ""
            let found = try ToolError.about(nil) {
                try CorruptedFolders(
                    folder,
                    records: options[EvalOptions.validationPattern],
                    only: corruptions,
                    severities: severities
                )
            }
            let pictures = try labels.pictures(found, network, limit: limit, &remarks)
            sources.append(pictures)
            sheets.append(pictures.limited(to: 1))
            units.append(1)
            described.append("corrupted pictures in \(folder)")
        }
        self.settings = settings
        all = sources.count == 1 ? sources[0] : PictureChain(sources)
        unit = units[0]
        sheet = PictureChain(sheets)
        hasClean = settings != nil
        self.remarks = remarks
        wanted = corrupted
        labelOffset = labels.offset ?? 0
        fingerprint = all.fingerprint ?? "none"
        let way =
            preprocessing.needsExactSize
            ? "\(side)x\(side), not resized, values as for \(network.input.preprocessing.summary)"
            : "preprocessing \(preprocessing.summary)"
        summary =
            "\(described.joined(separator: ", ")), \(way), \(classes) classes, label offset "
            + "\(labelOffset)"
    }

    /// How many pictures there are, where that is known.
    var count: Int? { all.count }

    /// The shorter side that belongs to a square: as published for 224 and 256.
    private static func resize(for side: Int) -> Int {
        switch side {
        case 224: 256
        case 256: 292
        default: Int((Double(side) * 8 / 7).rounded())
        }
    }

    /// How pictures are prepared: not at all but for the values' scale and means, unless the command line says otherwise.
    static func preprocessing(
        _ options: ParsedOptions,
        _ network: Network,
        _ diagnostics: Diagnostics
    ) throws -> Preprocessing {
        let known = network.input.preprocessing
        guard options.isGiven(PictureOptions.preprocessing) else {
            let framing: [any DeclaredOption] = [
                PictureOptions.interpolation, PictureOptions.cropMode, PictureOptions.cropShare,
            ]
            for option in framing where options.isGiven(option) {
                throw ToolError(
                    .usage,
                    "\(options.spelling(of: option)): the published evaluation takes corrupted pictures as they are; "
                        + "--preprocessing-type prepares them once more"
                )
            }
            return known.unresized
        }
        diagnostics.warning(
            "the published evaluation takes corrupted pictures as they are; "
                + "\(options.spelling(of: PictureOptions.preprocessing)) prepares them once more"
        )
        return known
    }
}
