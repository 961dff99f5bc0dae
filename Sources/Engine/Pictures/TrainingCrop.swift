/// Which part of a picture a training step sees.
public struct TrainingCrop: Equatable, Sendable {
    /// The part of the picture.
    public var window: PictureWindow
    /// Whether left and right change places.
    public var isMirrored: Bool

    /// A part of a picture, mirrored or not.
    public init(window: PictureWindow, isMirrored: Bool = false) {
        self.window = window
        self.isMirrored = isMirrored
    }
}
