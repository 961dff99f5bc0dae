internal import Checkpoint
internal import Proto

/// How the elements of a NumPy array lie: in which order of axes, and of bytes.
struct ArrayArrangement: Equatable {
    /// Whether the first axis varies fastest, as in Fortran.
    let isColumnOrder: Bool
    /// How many bytes are to be reversed together; 1 where they are in order.
    let swapWidth: Int

    /// The elements little-endian and in row-major order.
    func rowMajor(_ stored: StoredBytes, of tensor: TensorEntry) -> StoredBytes {
        let isTransposed = isColumnOrder && tensor.shape.count(where: { $0 != 1 }) > 1
        guard isTransposed || swapWidth > 1, stored.count > 0 else { return stored }
        var bytes = stored.array
        if swapWidth > 1 {
            for start in stride(from: 0, to: bytes.count, by: swapWidth) {
                bytes[start..<(start + swapWidth)].reverse()
            }
        }
        if isTransposed {
            bytes = Self.transposed(bytes, tensor.shape, width: tensor.dataType.byteCount ?? 1)
        }
        return StoredBytes(bytes)
    }

    /// Elements of which the first axis varied fastest, so that the last one does.
    private static func transposed(_ bytes: [UInt8], _ shape: [Int], width: Int) -> [UInt8] {
        var strides: [Int] = []
        var stride = width
        for extent in shape {
            strides.append(stride)
            stride *= extent
        }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = [Int](repeating: 0, count: shape.count)
        var place = 0
        while result.count < bytes.count {
            result += bytes[place..<(place + width)]
            var axis = shape.count - 1
            while axis >= 0 {
                index[axis] += 1
                place += strides[axis]
                if index[axis] < shape[axis] { break }
                place -= strides[axis] * shape[axis]
                index[axis] = 0
                axis -= 1
            }
            if axis < 0 { break }
        }
        return result
    }
}
