internal import Base
internal import CKernels

/// Where a channel comes from: a channel of one of several activations.
struct ChannelPlace {
    let source: Int
    let channel: Int
}

extension Planner {
    /// Appends a step that puts channels together; those that come from nowhere are `fill`.
    ///
    /// The sources are blocked and of the result's type, or, for a matrix, matrices. With `isRectified`, negative values
    /// become zero on the way.
    func appendChannels(
        _ node: Node,
        _ map: [ChannelPlace?],
        of sources: [Activation],
        fill: Float = 0,
        isRectified: Bool = false,
        to result: Activation
    ) {
        guard result.layout == .blocked else {
            appendRows(node, map, of: sources, fill: fill, isRectified: isRectified, to: result)
            return
        }
        let blocks = result.blockCount
        let parts = (0..<blocks).map { Self.parts(of: $0, in: map) }
        let filling = Self.filling(fill, of: result)
        let block = Processor.blockSize
        let (type, area) = (result.type, result.shape.area)
        appendPlanes(node, operations: 0, reads: sources, writes: result, planes: batch * blocks) {
            arena in
            let places = unsafe sources.map { unsafe arena.bytes(of: $0) }
            let target = unsafe arena.bytes(of: result)
            return { plane in
                let (picture, index) = (plane / blocks, plane % blocks)
                let place = unsafe target + plane * result.planeByteCount
                let planes: [UnsafeRawPointer?] = unsafe parts[index].map { part in
                    let source = sources[part.source]
                    let first = source.offset(ofPicture: picture, block: part.plane)
                    return unsafe UnsafeRawPointer(places[part.source] + first)
                }
                unsafe kernel_join_lanes(
                    parts[index],
                    planes,
                    planes.count,
                    filling.bytes + index * block * type.byteCount,
                    place,
                    type.kernel,
                    area,
                    block
                )
                // The plane is in the caches still.
                if isRectified {
                    unsafe kernel_relu(place, place, type.kernel, area * block)
                }
            }
        }
    }

    /// The same for vectors.
    private func appendRows(
        _ node: Node,
        _ map: [ChannelPlace?],
        of sources: [Activation],
        fill: Float,
        isRectified: Bool,
        to result: Activation
    ) {
        appendPlanes(node, operations: 0, reads: sources, writes: result, planes: batch) { arena in
            let places = unsafe sources.map { unsafe arena.values(of: $0) }
            let target = unsafe arena.values(of: result)
            return { row in
                let values = unsafe target + row * map.count
                for (channel, place) in map.enumerated() {
                    guard let place else {
                        unsafe values[channel] = fill
                        continue
                    }
                    let width = sources[place.source].shape.channels
                    unsafe values[channel] = places[place.source][row * width + place.channel]
                }
                if isRectified {
                    unsafe kernel_relu(values, values, kernel_float32, map.count)
                }
            }
        }
    }

    /// The runs of lanes that a block of channels is put together of.
    private static func parts(of index: Int, in map: [ChannelPlace?]) -> [kernel_lanes] {
        let block = Processor.blockSize
        var parts: [kernel_lanes] = []
        for lane in 0..<min(block, map.count - index * block) {
            guard let place = map[index * block + lane] else { continue }
            let plane = place.channel / block
            let shift = place.channel % block - lane
            if let last = parts.last, last.source == place.source, last.plane == plane,
                last.shift == shift, last.first + last.count == lane
            {
                parts[parts.count - 1].count += 1
            } else {
                parts.append(
                    kernel_lanes(
                        source: place.source,
                        plane: plane,
                        first: lane,
                        count: 1,
                        shift: shift
                    )
                )
            }
        }
        return parts
    }

    /// A value for each channel, and zeros for what fills up the last block.
    static func filling(_ value: Float, of activation: Activation) -> Storage {
        let type = activation.type
        let channels = activation.shape.channels
        let values = (0..<activation.storedChannels).map { $0 < channels ? value : 0 }
        let storage = Storage(byteCount: values.count * type.byteCount)
        unsafe kernel_convert(values, kernel_float32, storage.bytes, type.kernel, values.count)
        return storage
    }

    /// Appends a step that makes what fills up the last block zero again, if there is anything.
    func appendZeroFilling(_ node: Node, _ activation: Activation) {
        let block = Processor.blockSize
        let lanes = activation.shape.channels % block
        guard activation.layout == .blocked, lanes > 0 else { return }
        let type = activation.type
        let area = activation.shape.area
        let last = activation.blockCount - 1
        appendPlanes(
            node,
            operations: 0,
            reads: [activation],
            writes: activation,
            planes: batch
        ) { arena in
            let bytes = unsafe arena.bytes(of: activation)
            return { picture in
                unsafe kernel_zero_lanes(
                    bytes + activation.offset(ofPicture: picture, block: last),
                    type.kernel,
                    lanes,
                    area,
                    block
                )
            }
        }
    }

    /// Appends a step that takes some pixels of every plane; where a place is negative, `fill`.
    func appendPick(
        _ node: Node,
        from input: Activation,
        to result: Activation,
        rows: [Int32],
        columns: [Int32],
        fill: Float = 0
    ) {
        let block = Processor.blockSize
        let type = result.type
        let blocks = input.blockCount
        let filling = Self.filling(fill, of: result)
        unsafe appendPlanes(node, operations: 0, from: input, to: result) { source, target, plane in
            unsafe kernel_pick_pixels(
                source,
                target,
                type.kernel,
                rows,
                columns,
                filling.bytes + plane % blocks * block * type.byteCount,
                input.shape.width,
                rows.count,
                columns.count,
                block
            )
        }
    }
}
