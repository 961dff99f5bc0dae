internal import Base
internal import CReference
internal import Proto

/// How a window moves over the rows and columns of `[batch, height, width, channel]`.
package struct WindowGeometry: Equatable, Sendable {
    /// Rows and columns from one place to the next.
    package var strides = [1, 1]
    /// Rows and columns from one cell of the window to the next.
    package var dilations = [1, 1]
    /// Rows added above and below.
    package var rows = [0, 0]
    /// Columns added before and after.
    package var columns = [0, 0]

    /// A window that moves by one, over nothing but what is there.
    package init() {}

    /// Pads as TensorFlow's `SAME` does: as many outputs as strides fit in, the odd cell at the end.
    package mutating func padSame(height: Int, width: Int, window: [Int]) {
        func padding(_ extent: Int, _ axis: Int) -> [Int] {
            let reach = (window[axis] - 1) * dilations[axis] + 1
            let outputs = (extent + strides[axis] - 1) / strides[axis]
            let total = max((outputs - 1) * strides[axis] + reach - extent, 0)
            return [total / 2, total - total / 2]
        }
        rows = padding(height, 0)
        columns = padding(width, 1)
    }
}

// Operations on windows of `[batch, height, width, channel]`.
extension ReferenceTensor {
    /// Convolution (cross-correlation) with a kernel `[height, width, inputs, outputs]`.
    ///
    /// - Throws: ``ReferenceError`` if they do not fit.
    package func convolved(
        _ kernel: ReferenceTensor,
        _ geometry: WindowGeometry
    ) throws(ReferenceError) -> ReferenceTensor {
        guard kernel.rank == 4, rank == 4, kernel.shape[2] == shape[3] else {
            throw ReferenceError("a convolution of \(shape) with \(kernel.shape)")
        }
        guard hasWindowKernels else { return try convolvedPlainly(kernel, geometry) }
        let window = try window(kernel.shape, geometry)
        let (inputs, outputs) = (kernel.shape[2], kernel.shape[3])
        let weights = try kernel.windowValues(as: type)
        let lanes = Int(reference_lanes)
        let blocks = (outputs + lanes - 1) / lanes
        let cells = kernel.shape[0] * kernel.shape[1] * inputs
        _ = try Self.count([cells, blocks, lanes])
        var packed = [Float](repeating: 0, count: blocks * cells * lanes)
        for block in 0..<blocks {
            let first = block * lanes
            let width = min(lanes, outputs - first)
            for cell in 0..<cells {
                let (to, from) = ((block * cells + cell) * lanes, cell * outputs + first)
                for lane in 0..<width { packed[to + lane] = weights[from + lane] }
            }
        }
        let zeros = [Float](repeating: 0, count: max(inputs, 1))
        return try unsafe rows(window, channels: outputs) { window, source, target, row in
            unsafe reference_convolution_row(window, source, packed, zeros, outputs, target, row)
        }
    }

    /// Convolution of each channel by itself with a kernel `[height, width, channel]`.
    ///
    /// - Throws: ``ReferenceError`` if they do not fit.
    package func convolvedByChannel(
        _ kernel: ReferenceTensor,
        _ geometry: WindowGeometry
    ) throws(ReferenceError) -> ReferenceTensor {
        guard kernel.rank == 3, rank == 4, kernel.shape[2] == shape[3] else {
            throw ReferenceError("a convolution of each channel of \(shape) with \(kernel.shape)")
        }
        guard hasWindowKernels else { return try convolvedByChannelPlainly(kernel, geometry) }
        let weights = try kernel.windowValues(as: type)
        let window = try window(kernel.shape, geometry)
        return try unsafe rows(window, channels: shape[3]) { window, source, target, row in
            unsafe reference_depthwise_row(window, source, weights, target, row)
        }
    }

    /// The largest value of each window; cells outside do not count.
    ///
    /// - Throws: ``ReferenceError`` if they do not fit.
    package func maximumPooled(
        _ size: [Int],
        _ geometry: WindowGeometry
    ) throws(ReferenceError) -> ReferenceTensor {
        guard hasWindowKernels || isNarrowInteger else {
            return try pooledPlainly(size, geometry, .maximum)
        }
        let window = try window(size, geometry)
        return try unsafe rows(window, channels: shape[3]) { window, source, target, row in
            unsafe reference_maximum_row(window, source, target, row)
        }
    }

    /// The mean of each window; cells outside are zeros that count, or do not count.
    ///
    /// - Throws: ``ReferenceError`` if they do not fit.
    package func meanPooled(
        _ size: [Int],
        _ geometry: WindowGeometry,
        countsPadding: Bool
    ) throws(ReferenceError) -> ReferenceTensor {
        guard hasWindowKernels else {
            guard !countsPadding else { throw ReferenceError("means over \(type.name)") }
            return try pooledPlainly(size, geometry, .mean)
        }
        let window = try window(size, geometry)
        let cells = countsPadding ? size[0] * size[1] : 0
        return try unsafe rows(window, channels: shape[3]) { window, source, target, row in
            unsafe reference_mean_row(window, source, cells, target, row)
        }
    }

    /// The rows and columns of the result of a window.
    func places(
        of size: [Int],
        _ geometry: WindowGeometry
    ) throws(ReferenceError) -> [Int] {
        let window = try window(size, geometry)
        return [window.output_height, window.output_width]
    }

    private func window(
        _ size: [Int],
        _ geometry: WindowGeometry
    ) throws(ReferenceError) -> reference_window {
        let pairs = [geometry.strides, geometry.dilations, geometry.rows, geometry.columns]
        let room = 1...(1 << 20)
        guard rank == 4, size.count >= 2, pairs.allSatisfy({ $0.count == 2 }),
            (size.prefix(2) + geometry.strides + geometry.dilations).allSatisfy(room.contains),
            (geometry.rows + geometry.columns).allSatisfy({ $0 >= 0 && $0 < room.upperBound })
        else { throw ReferenceError("a window \(size.prefix(2)) over the shape \(shape)") }
        func extent(_ axis: Int, _ padding: [Int]) throws(ReferenceError) -> Int {
            let reach = (size[axis] - 1) * geometry.dilations[axis] + 1
            let free = shape[axis + 1] + padding[0] + padding[1] - reach
            guard free >= 0 else {
                throw ReferenceError("a window \(size.prefix(2)) over the shape \(shape)")
            }
            return free / geometry.strides[axis] + 1
        }
        return reference_window(
            batch: shape[0],
            height: shape[1],
            width: shape[2],
            channels: shape[3],
            output_height: try extent(0, geometry.rows),
            output_width: try extent(1, geometry.columns),
            window_height: size[0],
            window_width: size[1],
            stride_height: geometry.strides[0],
            stride_width: geometry.strides[1],
            dilation_height: geometry.dilations[0],
            dilation_width: geometry.dilations[1],
            top: geometry.rows[0],
            left: geometry.columns[0]
        )
    }

    /// Computes the rows of an output, side by side.
    private func rows(
        _ window: reference_window,
        channels: Int,
        _ body: (
            UnsafePointer<reference_window>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int
        ) -> Void
    ) throws(ReferenceError) -> ReferenceTensor {
        let result = [window.batch, window.output_height, window.output_width, channels]
        let count = try Self.count(result)
        let values = try windowValues(as: type)
        guard !values.isEmpty else {
            // Windows of no channels sum to nothing.
            return try ReferenceTensor(
                filled: result,
                with: ReferenceTensor(Float(0)).cast(to: type)
            )
        }
        let output = unsafe [Float](unsafeUninitializedCapacity: count) { target, filled in
            unsafe values.withUnsafeBufferPointer { source in
                guard let from = source.baseAddress, let to = target.baseAddress else { return }
                unsafe withUnsafePointer(to: window) { window in
                    parallel(result[0] * result[1]) { row in unsafe body(window, from, to, row) }
                }
            }
            filled = count
        }
        return try ReferenceTensor(unchecked: result, output).cast(to: type)
    }

    /// Whether windows over this type are computed as float32; the other numbers take a slower way.
    private var hasWindowKernels: Bool { [.float32, .float16, .bfloat16].contains(type) }

    private var isNarrowInteger: Bool { [.int8, .uint8, .int16, .uint16].contains(type) }

    /// The values as float32, which holds those of all types that windows are computed of.
    private func windowValues(as type: DataType) throws(ReferenceError) -> [Float] {
        guard self.type == type else {
            throw ReferenceError("operands of two types, \(type.name) and \(self.type.name)")
        }
        switch elements {
        case .float32(let values): return values
        case .float16, .bfloat16, .int8, .uint8, .int16, .uint16: return values
        default: throw ReferenceError("windows over \(type.name)")
        }
    }
}
