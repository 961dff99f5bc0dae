public import Base
public import Data
public import Pictures

/// The options of how pictures are corrupted, for the tool that makes files of them and for the one that measures on them.
public enum CorruptionOptions {
    /// Where frost comes from.
    public static let frost = Option(
        "frost",
        .choice(of: Frost.self),
        default: .photographs,
        help: "Where frost comes from; what is made by arithmetic gives no published figure."
    )
    /// The corruptions.
    public static let only = Option(
        "only",
        .list(.choice(of: Corruption.self)),
        defaultText: "all nineteen",
        absent: { Corruption.allCases },
        help: "The corruptions that are made, with commas between: "
            + Corruption.allCases.map(\.rawValue).joined(separator: ", ") + "."
    )
    /// The severities.
    public static let severities = Option(
        "severities",
        .list(.integer(Corruption.severities)),
        default: Array(Corruption.severities),
        help: "The severities that are made."
    )
    /// The seed.
    public static let seed = Option(
        "seed",
        .integer(0...Int(UInt32.max)),
        default: 0,
        help: "Seed of the random numbers. Each picture has numbers of its own, made of the seed, "
            + "the corruption, the severity and the names of class and picture, so that threads "
            + "and order do not matter. The published set's noise cannot be made again: nothing "
            + "was seeded there, and its workers were copies that all began in one state."
    )
    /// Whether each picture begins with the seed itself.
    public static let reseeds = Option(
        flag: "reseed-per-picture",
        help: "Every picture begins with the seed itself, as with numpy.random.seed(N) before each."
    )
    /// Whether pictures become PNGs.
    public static let lossless = Option(
        flag: "lossless",
        help: "Write PNGs, named so, in place of JPEGs of quality 85."
    )
    /// Whose arithmetic JPEGs have.
    public static let jpeg = Option(
        "jpeg",
        .choice(of: JPEGVariant.self),
        default: .turbo,
        help: "Whose arithmetic JPEGs are read and written with: libjpeg-turbo's, or that of IJG's "
            + "libjpeg 9, which Pillow's wheels of 2019 and 2020 held. Which one the authors had "
            + "is not known."
    )

    /// Where frost comes from.
    public enum Frost: String, CaseIterable, Sendable {
        /// The published photographs, which a folder holds.
        case photographs
        /// Arithmetic.
        case procedural
    }

    /// All of them but for sizes and folders.
    public static let all: [any DeclaredOption] = [
        only, severities, frost, seed, reseeds, lossless, jpeg,
    ]

    /// What was chosen.
    ///
    /// - Parameters:
    ///   - options: The command line.
    ///   - resize: The shorter side that pictures are brought to.
    ///   - crop: The side of the square.
    /// - Returns: The settings, without frost.
    /// - Throws: ``ToolError`` with ``ExitCode/usage``.
    public static func settings(
        _ options: ParsedOptions,
        resize: Int,
        crop: Int
    ) throws -> CorruptionSettings {
        var settings = CorruptionSettings()
        let (wanted, levels) = (Set(options[only]), Set(options[severities]))
        settings.corruptions = Corruption.allCases.filter { wanted.contains($0) }
        settings.severities = levels.sorted()
        guard !wanted.isEmpty else { throw ToolError(.usage, "--only names no corruption") }
        guard !levels.isEmpty else { throw ToolError(.usage, "--severities names none") }
        guard crop <= resize else {
            throw ToolError(
                .usage,
                "a square of \(crop) pixels cannot be cut out of pictures whose shorter side has "
                    + "\(resize): give a larger --resize or a smaller --crop"
            )
        }
        guard Corruptor.sides.contains(crop) else {
            throw ToolError(
                .usage,
                "pictures of \(crop)x\(crop) cannot be corrupted, but those of "
                    + "\(Corruptor.sides.lowerBound) to \(Corruptor.sides.upperBound) pixels"
            )
        }
        settings.framing = PillowFraming(resize: resize, crop: crop)
        settings.seed = UInt32(options[seed])
        settings.isReseeding = options[reseeds]
        settings.isLossless = options[lossless]
        settings.jpeg = options[jpeg]
        return settings
    }

    /// The frost that was chosen.
    ///
    /// - Parameters:
    ///   - options: The command line.
    ///   - folder: The option that names the folder of the photographs.
    ///   - side: The side of the pictures.
    /// - Returns: The photographs, or what is made by arithmetic.
    /// - Throws: ``ToolError``.
    public static func frost(
        _ options: ParsedOptions,
        folder: Option<String>,
        side: Int
    ) throws -> FrostSource {
        guard options[frost] != .procedural else {
            guard !options.isGiven(folder) else {
                throw ToolError(
                    .usage,
                    "--frost procedural takes no \(options.spelling(of: folder))"
                )
            }
            return FrostSource(proceduralFor: side)
        }
        do {
            return try FrostSource(folder: options[folder])
        } catch {
            let way =
                "\ngive --frost-dir DIR, or --frost procedural, or name the other corruptions by "
                + "--only"
            throw ToolError(.file, "\(error)" + (options.isGiven(folder) ? "" : way))
        }
    }

    /// Says what is assumed, or is not as published.
    ///
    /// `hasJPEG` is whether JPEGs are read or written.
    public static func tellAssumptions(
        _ settings: CorruptionSettings,
        hasJPEG: Bool,
        _ options: ParsedOptions,
        _ diagnostics: Diagnostics
    ) {
        if hasJPEG, !options.isGiven(jpeg) {
            diagnostics.warning(
                "JPEGs are taken for libjpeg-turbo's, which changes figures a little; --jpeg ijg9 "
                    + "takes them as Pillow's wheels of 2019 and 2020 did"
            )
        }
        if let frost = settings.frost, frost.isProcedural {
            diagnostics.warning(
                "the frost is made by arithmetic: its figures, and all means with it, are no "
                    + "published ones; --frost-dir takes the photographs"
            )
        } else if let frost = settings.frost, !frost.strangers.isEmpty {
            diagnostics.warning(
                "\(frost.strangers.joined(separator: ", ")): not the published photographs, so "
                    + "that figures of frost, and all means with it, are no published ones"
            )
        }
        if settings.corruptions.contains(.fog), settings.framing.crop > 256 {
            diagnostics.warning(
                "the published fog ends at 256 pixels; for \(settings.framing.crop) it is enlarged"
            )
        }
        if !settings.isReseeding, settings.corruptions.contains(where: \.isRandom) {
            diagnostics.note(
                "random numbers are those of --seed \(settings.seed) and each picture's name; the "
                    + "published set's cannot be made again"
            )
        }
    }
}
