/// How a JPEG decoder computes the inverse cosine transform: results differ in single units.
public enum DCTMethod: String, Equatable, Sendable {
    /// The quick integer method, which TensorFlow 1.14 uses where none is asked for.
    case fast = "INTEGER_FAST"
    /// The accurate integer method, which the published evaluation asks for.
    case accurate = "INTEGER_ACCURATE"

    /// The method of a published `--dct_method` value.
    ///
    /// The empty value leaves the choice to TensorFlow, which takes ``fast``.
    ///
    /// - Throws: ``PictureError/unknownDCTMethod(_:)``.
    public init(published name: String) throws(PictureError) {
        guard let method = name.isEmpty ? .fast : DCTMethod(rawValue: name) else {
            throw .unknownDCTMethod(name)
        }
        self = method
    }
}
