/// Which pixels of a picture are seen, at which scale, and what is cut out of the result.
struct PictureView: Equatable, Sendable {
    /// The part of the picture that is resized.
    var source: PictureWindow
    /// What that part would become as a whole.
    var resized: PictureSize
    /// The part of the resized picture that is computed.
    var crop: PictureWindow
    /// Whether left and right change places before the resize.
    var isMirrored = false
    /// How pixels between pixels are made.
    var rule = ResizeRule.bilinear
}
