internal import CKernels

extension Planner {
    /// Values of a piece of pixels: enough to be worth a thread's while.
    static let pixelPieceCount = 8192

    /// Vectors as rows of a matrix in float32, pictures in blocks of channels.
    func plain(_ input: Activation, for node: Node) throws(EngineError) -> Activation {
        input.shape.isVector ? try matrix(input, for: node) : try blocked(input, for: node)
    }

    /// A new buffer for what ``plain(_:for:)`` says, in the type in which the node's output is wanted.
    func makePlain(_ shape: FeatureShape, for node: Node) -> Activation {
        shape.isVector
            ? makeVectors(shape) : makeActivation(shape, .blocked, outputType(of: node))
    }

    /// Appends a step that runs work for pieces of every picture's pixels, so many in all.
    ///
    /// `work` is given the channels of a picture of `input` and of `result`, the first pixel and the number of pixels, and
    /// a row for so many values.
    func appendPixels(
        _ node: Node,
        operations: Int,
        from input: Activation,
        to result: Activation,
        pixels: Int,
        rowCount: Int,
        _ work:
            @escaping (
                _ source: kernel_picture, _ target: kernel_picture, _ pixels: Range<Int>,
                _ row: UnsafeMutablePointer<Float>
            ) -> Void
    ) {
        let piece = max(1, Self.pixelPieceCount / max(input.shape.channels, result.shape.channels))
        let pieces = (pixels + piece - 1) / piece
        appendPlanes(
            node,
            operations: operations,
            reads: [input],
            writes: result,
            planes: batch * pieces
        ) { arena in
            let source = unsafe arena.bytes(of: input)
            let target = unsafe arena.bytes(of: result)
            return { index in
                let (picture, first) = (index / pieces, index % pieces * piece)
                unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: rowCount) { row in
                    guard let row = row.baseAddress else { return }
                    unsafe work(
                        input.picture(picture, at: source),
                        result.picture(picture, at: target),
                        first..<min(first + piece, pixels),
                        row
                    )
                }
            }
        }
    }
}

extension Activation {
    /// The channels of one picture, of activations that begin at `bytes`; vectors count as one block.
    func picture(_ index: Int, at bytes: UnsafeMutableRawPointer) -> kernel_picture {
        unsafe kernel_picture(
            planes: bytes + index * storedChannels * shape.area * type.byteCount,
            type: type.kernel,
            area: shape.area,
            channels: shape.channels,
            block: layout == .blocked ? Processor.blockSize : shape.channels
        )
    }
}
