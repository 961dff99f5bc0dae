/// The names under which records keep what matters of a labelled picture.
///
///     image/encoded  image/class/label  image/filename    as the published builders write them
///     image          label              file_name         as tensorflow_datasets does
///
/// What is not given is taken from a record under the published name or, where it has no picture under that, under the other.
public struct ExampleKeys: Equatable, Sendable {
    /// The feature with the bytes of the picture file; nil for the known ones.
    public var picture: String?
    /// The feature with the class; nil for the known ones.
    public var label: String?

    static let published = (
        picture: ExampleKey.encoded, label: ExampleKey.label, name: ExampleKey.filename
    )
    static let dataSets = (picture: "image", label: "label", name: "file_name")

    /// Keys that were asked for.
    public init(picture: String? = nil, label: String? = nil) {
        self.picture = picture
        self.label = label
    }
}
