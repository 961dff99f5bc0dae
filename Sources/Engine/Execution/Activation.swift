internal import COneDNN

/// Where a node's output lies: a buffer of the plan, and how the values are arranged in it.
package struct Activation {
    /// The arrangement of `[batch, channel, height, width]`.
    enum Layout {
        /// Each channel's plane by itself; for vectors, the plain rows of a matrix.
        case planar
        /// Blocks of ``Processor/blockSize`` channels side by side, the last block filled up with zeros.
        case blocked
    }

    let buffer: Int
    let batch: Int
    let shape: FeatureShape
    let layout: Layout
    let type: ElementType

    /// Channels rounded up to whole blocks where the layout has blocks.
    var storedChannels: Int {
        guard layout == .blocked else { return shape.channels }
        let block = Processor.blockSize
        return (shape.channels + block - 1) / block * block
    }

    /// Blocks of channels.
    var blockCount: Int { storedChannels / Processor.blockSize }

    /// Elements in the buffer.
    var elementCount: Int { batch * storedChannels * shape.area }

    /// Bytes in the buffer.
    var byteCount: Int { elementCount * type.byteCount }

    /// Bytes of one picture's block of channels.
    var planeByteCount: Int { shape.area * Processor.blockSize * type.byteCount }

    /// Where what belongs to a picture's block of channels begins, in bytes.
    func offset(ofPicture picture: Int, block: Int) -> Int {
        layout == .blocked
            ? (picture * blockCount + block) * planeByteCount
            : (picture * shape.channels + block * Processor.blockSize) * type.byteCount
    }

    /// Whether this is a matrix of one row for each picture.
    var isMatrix: Bool { layout == .planar && shape.isVector }

    /// The layout in oneDNN's words, for primitives.
    ///
    /// Channels that fill up the last block count: they hold zeros, and for numbers of channels that are no multiple of
    /// a block the library has no fast implementation.
    func descriptor() throws(OneDNNError) -> MemoryDescriptor {
        try descriptor(channels: storedChannels)
    }

    /// The layout in oneDNN's words, without the channels that fill up the last block.
    func exactDescriptor() throws(OneDNNError) -> MemoryDescriptor {
        try descriptor(channels: shape.channels)
    }

    private func descriptor(channels: Int) throws(OneDNNError) -> MemoryDescriptor {
        let tag: dnnl_format_tag_t =
            switch layout {
            case .planar: dnnl_nchw
            case .blocked: Processor.blockSize == 16 ? dnnl_nChw16c : dnnl_nChw8c
            }
        return try MemoryDescriptor(
            [batch, channels, shape.height, shape.width],
            tag,
            type
        )
    }

    /// The same activations in float32 with channels last, as TensorFlow has them.
    func channelsLastDescriptor() throws(OneDNNError) -> MemoryDescriptor {
        try MemoryDescriptor([batch, shape.channels, shape.height, shape.width], dnnl_nhwc)
    }

    /// `[batch, channel]`.
    ///
    /// - Precondition: ``isMatrix``.
    func matrixDescriptor() throws(OneDNNError) -> MemoryDescriptor {
        precondition(isMatrix, "\(shape) is not a vector")
        return try MemoryDescriptor([batch, shape.channels], dnnl_nc, type)
    }
}
