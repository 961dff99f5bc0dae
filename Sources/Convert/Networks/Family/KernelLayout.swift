/// The two orders of a kernel's axes: outputs last, as TensorFlow has them, and outputs first, as most others do.
///
/// `[height, width, input, output]` against `[output, input, height, width]`, `[input, output]` against
/// `[output, input]`.
package enum KernelLayout {
    /// The extents of a kernel with its outputs first.
    package static func outputsFirst(_ shape: [Int]) -> [Int] {
        Array(shape.suffix(2).reversed()) + shape.dropLast(2)
    }

    /// The extents of a kernel with its outputs last.
    package static func outputsLast(_ shape: [Int]) -> [Int] {
        Array(shape.dropFirst(2)) + shape.prefix(2).reversed()
    }

    /// The elements of a kernel, outputs first; `shape` is that of the source, `width` the bytes of an element.
    ///
    /// - Precondition: `source` holds as many elements as the shape, which has two axes or more.
    @unsafe
    package static func outputsFirst(
        _ source: UnsafeRawBufferPointer,
        shape: [Int],
        width: Int
    ) -> [UInt8] {
        let outputs = shape[shape.count - 1]
        let inputs = shape[shape.count - 2]
        return unsafe reversed(
            source,
            (shape.dropLast(2).reduce(1, *), inputs, outputs),
            width: width
        )
    }

    /// The elements of a kernel, outputs last; `shape` is that of the source, `width` the bytes of an element.
    ///
    /// - Precondition: `source` holds as many elements as the shape, which has two axes or more.
    @unsafe
    package static func outputsLast(
        _ source: UnsafeRawBufferPointer,
        shape: [Int],
        width: Int
    ) -> [UInt8] {
        unsafe reversed(
            source,
            (shape[0], shape[1], shape.dropFirst(2).reduce(1, *)),
            width: width
        )
    }

    /// `[a, b, c]` as `[c, b, a]`.
    @unsafe
    private static func reversed(
        _ source: UnsafeRawBufferPointer,
        _ extents: (Int, Int, Int),
        width: Int
    ) -> [UInt8] {
        let count = extents.0 * extents.1 * extents.2
        precondition(source.count == count * width, "\(source.count) bytes of \(count) elements")
        return unsafe [UInt8](unsafeUninitializedCapacity: count * width) { buffer, filled in
            let target = UnsafeMutableRawBufferPointer(buffer)
            switch width {
            case 1: unsafe move(UInt8.self, source, extents, to: target)
            case 2: unsafe move(UInt16.self, source, extents, to: target)
            case 4: unsafe move(UInt32.self, source, extents, to: target)
            case 8: unsafe move(UInt64.self, source, extents, to: target)
            default:
                for index in 0..<count {
                    let place = reversedPlace(index, extents)
                    for byte in 0..<width {
                        unsafe target[place * width + byte] = source[index * width + byte]
                    }
                }
            }
            filled = count * width
        }
    }

    private static func reversedPlace(_ index: Int, _ extents: (Int, Int, Int)) -> Int {
        let (_, b, c) = extents
        let (first, second, third) = (index / (b * c), index / c % b, index % c)
        return (third * b + second) * extents.0 + first
    }

    /// In squares, so that neither side's cache lines are fetched more than once.
    @unsafe
    private static func move<Element: FixedWidthInteger & BitwiseCopyable>(
        _ type: Element.Type,
        _ source: UnsafeRawBufferPointer,
        _ extents: (Int, Int, Int),
        to target: UnsafeMutableRawBufferPointer
    ) {
        let (a, b, c) = extents
        guard let from = source.baseAddress, let to = target.baseAddress else {
            return
        }
        let size = MemoryLayout<Element>.size
        let square = 32
        for first in stride(from: 0, to: c, by: square) {
            for second in stride(from: 0, to: b, by: square) {
                for third in first..<min(first + square, c) {
                    for index in second..<min(second + square, b) {
                        for pixel in 0..<a {
                            let value = unsafe from.loadUnaligned(
                                fromByteOffset: ((pixel * b + index) * c + third) * size,
                                as: Element.self
                            )
                            unsafe to.storeBytes(
                                of: value,
                                toByteOffset: ((third * b + index) * a + pixel) * size,
                                as: Element.self
                            )
                        }
                    }
                }
            }
        }
    }
}
