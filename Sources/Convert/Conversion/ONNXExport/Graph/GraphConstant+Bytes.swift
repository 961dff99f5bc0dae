internal import Checkpoint
internal import Formats
internal import Networks
internal import Proto
internal import Reference

extension GraphConstant {
    /// The elements' bytes, little-endian, as those of a shape whose axes are in an order; those of bfloat16 as float32.
    ///
    /// Where they are mapped, their memory is given back.
    ///
    /// - Throws: ``ConversionError/uncomputable(path:node:reason:)``.
    func bytes(_ shape: [Int], _ order: [Int]?) throws(ConversionError) -> [UInt8] {
        if type != .bfloat16, let stored, let width = type.byteCount {
            let bytes: [UInt8]
            if let order {
                bytes = unsafe Self.arranged(stored.buffer, shape, order, width: width)
            } else {
                bytes = stored.array
            }
            try wrapping { () throws(CheckpointError) in try stored.checkIntact() }
            stored.release()
            return bytes
        }
        do throws(ReferenceError) {
            var tensor = try tensor().reshaped(shape)
            if type == .bfloat16 { tensor = try tensor.cast(to: .float32) }
            if let order { tensor = try tensor.transposed(order) }
            guard let bytes = tensor.bytes else { throw ReferenceError("texts") }
            return bytes
        } catch {
            throw ConversionError(error, of: "a constant")
        }
    }

    /// Elements of some bytes with their axes in an order.
    @unsafe
    private static func arranged(
        _ source: UnsafeRawBufferPointer,
        _ shape: [Int],
        _ order: [Int],
        width: Int
    ) -> [UInt8] {
        // Kernels, which are the large ones, have a way of their own.
        if order == [3, 2, 0, 1] {
            return unsafe KernelLayout.outputsFirst(source, shape: shape, width: width)
        }
        var strides = [Int](repeating: width, count: shape.count)
        for axis in shape.indices.dropLast().reversed() {
            strides[axis] = strides[axis + 1] * shape[axis + 1]
        }
        let (extents, steps) = (order.map { shape[$0] }, order.map { strides[$0] })
        return unsafe [UInt8](unsafeUninitializedCapacity: source.count) { target, filled in
            var place = [Int](repeating: 0, count: extents.count)
            var offset = 0
            while filled < source.count {
                for byte in 0..<width {
                    unsafe target[filled + byte] = source[offset + byte]
                }
                filled += width
                for axis in extents.indices.reversed() {
                    place[axis] += 1
                    offset += steps[axis]
                    if place[axis] < extents[axis] { break }
                    offset -= steps[axis] * extents[axis]
                    place[axis] = 0
                }
            }
        }
    }
}
