/// The order of the axes of activations in a graph that is written, by the names of the published exporter.
///
/// What goes in and comes out is the same in both: pictures `[batch, height, width, 3]`, logits `[batch, class]`.
public enum ServingOrder: String, Sendable {
    /// `[batch, height, width, channel]`, which every processor computes.
    case channelsLast = "channels_last"
    /// `[batch, channel, height, width]`, which TensorFlow computes on a GPU.
    case channelsFirst = "channels_first"
}
