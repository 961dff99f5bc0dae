/// Where the channels of a prepared picture lie.
public enum PixelLayout: String, Equatable, Sendable {
    /// `[height, width, 3]`: channels side by side, as TensorFlow has them.
    case nhwc
    /// `[3, height, width]`: one plane for each channel.
    case nchw
}
