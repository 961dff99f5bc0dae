public import Data

/// The options of how records keep a labelled picture.
public enum RecordOptions {
    /// The feature with the picture.
    public static let imageKey = Option(
        "image-key",
        .text("NAME"),
        help: "Feature of records that holds the picture; image/encoded, or else image."
    )
    /// The feature with the class.
    public static let labelKey = Option(
        "label-key",
        .text("NAME"),
        help: "Feature of records that holds the class; image/class/label, or else label."
    )

    /// All of them.
    public static let all: [any DeclaredOption] = [imageKey, labelKey]

    /// What was asked for.
    public static func keys(_ options: ParsedOptions) -> ExampleKeys {
        ExampleKeys(picture: options[imageKey], label: options[labelKey])
    }
}
