internal import Proto

// Windows in their other forms: in groups, several results for a channel, spread back, and as elements by themselves.
extension ReferenceTensor {
    /// Convolution in as many groups as the kernel's inputs fit into the channels.
    ///
    /// - Throws: ``ReferenceError`` if they do not fit.
    package func convolved(
        inGroups kernel: ReferenceTensor,
        _ geometry: WindowGeometry
    ) throws(ReferenceError) -> ReferenceTensor {
        guard rank == 4, kernel.rank == 4, kernel.shape[2] > 0, shape[3] != kernel.shape[2] else {
            return try convolved(kernel, geometry)
        }
        let groups = shape[3] / kernel.shape[2]
        guard groups > 0, shape[3] == groups * kernel.shape[2],
            kernel.shape[3].isMultiple(of: groups)
        else { throw ReferenceError("a convolution of \(shape) with \(kernel.shape)") }
        if kernel.shape[2] == 1, kernel.shape[3] == groups {
            let taps = Array(kernel.shape.prefix(2)) + [groups]
            return try convolvedByChannel(kernel.reshaped(taps), geometry)
        }
        let inputs = try split(
            axis: 3,
            [Int](repeating: kernel.shape[2], count: groups)
        )
        let kernels = try kernel.split(
            axis: 3,
            [Int](repeating: kernel.shape[3] / groups, count: groups)
        )
        var parts: [ReferenceTensor] = []
        for (input, kernel) in zip(inputs, kernels) {
            parts.append(try input.convolved(kernel, geometry))
        }
        return try .concatenated(parts, axis: 3)
    }

    /// Convolution of each channel by itself with a kernel `[height, width, channel, results]`.
    ///
    /// - Throws: ``ReferenceError`` if they do not fit.
    package func convolvedByChannel(
        multiplied kernel: ReferenceTensor,
        _ geometry: WindowGeometry
    ) throws(ReferenceError) -> ReferenceTensor {
        guard kernel.rank == 4, rank == 4, kernel.shape[2] == shape[3] else {
            throw ReferenceError("a convolution of each channel of \(shape) with \(kernel.shape)")
        }
        let times = kernel.shape[3]
        _ = try Self.count([shape[3], times])
        let taps = try kernel.reshaped(Array(kernel.shape.prefix(2)) + [shape[3] * times])
        let repeated =
            times == 1 ? self : try taken((0..<(shape[3] * times)).map { $0 / times }, axis: 3)
        return try repeated.convolvedByChannel(taps, geometry)
    }

    /// The way back through a convolution: every pixel spread over the window that it was made of.
    ///
    /// - Parameters:
    ///   - kernel: `[height, width, results, channels]`, the channels being this tensor's.
    ///   - geometry: How the convolution's window moved.
    ///   - size: The shape of what it moved over.
    /// - Returns: a tensor of that shape.
    /// - Throws: ``ReferenceError`` if they do not fit.
    package func spreadBack(
        _ kernel: ReferenceTensor,
        _ geometry: WindowGeometry,
        to size: [Int]
    ) throws(ReferenceError) -> ReferenceTensor {
        guard rank == 4, kernel.rank == 4, size.count == 4, kernel.shape[3] == shape[3],
            kernel.shape[2] == size[3], size[0] == shape[0], size[1] > 0, size[2] > 0
        else {
            throw ReferenceError("\(shape) spread back by \(kernel.shape) over \(size)")
        }
        var sparse = self
        var inner = WindowGeometry()
        inner.dilations = geometry.dilations
        var (start, count) = ([0, 0, 0, 0], size)
        for axis in 0..<2 {
            let stride = geometry.strides[axis]
            let padding = axis == 0 ? geometry.rows : geometry.columns
            let reach = (kernel.shape[axis] - 1) * geometry.dilations[axis]
            let free = size[axis + 1] + padding[0] + padding[1] - reach - 1
            guard free >= 0, shape[axis + 1] == free / stride + 1 else {
                throw ReferenceError("\(shape) spread back by \(kernel.shape) over \(size)")
            }
            // Pixels apart by the stride, and enough around them that every place of the size has a whole window.
            let extent = (shape[axis + 1] - 1) * stride + 1
            _ = try Self.count([extent + padding[0] + padding[1] + 2 * reach + stride])
            let places = (0..<extent).map { $0.isMultiple(of: stride) ? $0 / stride : nil }
            sparse = try sparse.taken(places, axis: axis + 1)
            let after = max(size[axis + 1] + padding[0] - extent, 0) + reach
            if axis == 0 { inner.rows = [reach, after] } else { inner.columns = [reach, after] }
            start[axis + 1] = padding[0]
            count[axis + 1] = size[axis + 1]
        }
        let (rows, columns) = (kernel.shape[0], kernel.shape[1])
        let turned = try kernel.taken((0..<rows).reversed(), axis: 0)
            .taken((0..<columns).reversed(), axis: 1).transposed([0, 1, 3, 2])
        return try sparse.convolved(turned, inner).sliced(start: start, count: count)
    }

    /// The way back through a convolution in as many groups as the kernel's results fit into the channels of what it moved over.
    ///
    /// - Throws: ``ReferenceError`` if they do not fit.
    package func spreadBack(
        inGroups kernel: ReferenceTensor,
        _ geometry: WindowGeometry,
        to size: [Int]
    ) throws(ReferenceError) -> ReferenceTensor {
        guard rank == 4, kernel.rank == 4, size.count == 4, kernel.shape[2] > 0,
            size[3] != kernel.shape[2]
        else { return try spreadBack(kernel, geometry, to: size) }
        let groups = size[3] / kernel.shape[2]
        guard groups > 0, size[3] == groups * kernel.shape[2], shape[3].isMultiple(of: groups),
            kernel.shape[3] == shape[3]
        else {
            throw ReferenceError("\(shape) spread back by \(kernel.shape) over \(size)")
        }
        let counts = [Int](repeating: shape[3] / groups, count: groups)
        let own = Array(size.prefix(3)) + [kernel.shape[2]]
        var parts: [ReferenceTensor] = []
        for (input, kernel) in zip(
            try split(axis: 3, counts),
            try kernel.split(axis: 3, counts)
        ) {
            parts.append(try input.spreadBack(kernel, geometry, to: own))
        }
        return try .concatenated(parts, axis: 3)
    }

    /// The pixels of every window, `[batch, rows, columns, window, channel]`.
    ///
    /// - Throws: ``ReferenceError`` if they do not fit.
    package func patches(
        _ size: [Int],
        _ geometry: WindowGeometry,
        filler: ReferenceTensor
    ) throws(ReferenceError) -> ReferenceTensor {
        let places = try places(of: size, geometry)
        let padded = try padded(
            before: [0, geometry.rows[0], geometry.columns[0], 0],
            after: [0, geometry.rows[1], geometry.columns[1], 0],
            .constant(filler)
        )
        let own = Self.strides(padded.shape)
        let shape = [shape[0], places[0], places[1], size[0], size[1], shape[3]]
        let strides = [
            own[0], own[1] * geometry.strides[0], own[2] * geometry.strides[1],
            own[1] * geometry.dilations[0], own[2] * geometry.dilations[1], 1,
        ]
        return try padded.viewed(shape, strides: strides, from: 0).reshaped(
            [shape[0], shape[1], shape[2], size[0] * size[1], shape[5]]
        )
    }
}
