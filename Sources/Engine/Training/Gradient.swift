internal import CKernels

/// A summand of the gradient with respect to a node's output: what one of its consumers contributes.
///
/// Terms that are the same for a whole channel, or another gradient times a number for each channel, are written out
/// only when they are added up, in one go.
enum GradientTerm {
    /// The gradient itself, arranged as the output is.
    case whole(Activation)
    /// For each picture and channel a number, times the factor, at every pixel.
    case uniform(Activation, factor: Float)
    /// `gradient` times a number for each picture and channel. Where `gradient` has fewer channels, they are counted
    /// modulo their number.
    case scaled(Activation, by: Activation)
}

/// The gradient with respect to a node's output, as terms to be added up.
struct Gradient {
    let node: Node
    /// What the gradient is of.
    let output: Activation
    let terms: [GradientTerm]
    let planner: TrainingPlanner

    /// The gradient as one activation.
    ///
    /// Where a relu ends the layer, `rectified` is its output: the gradient is zero where that is zero.
    func sum(rectifiedBy rectified: Activation? = nil) throws(EngineError) -> Activation {
        var wholes: [Activation] = []
        var uniforms: [(Activation, Float)] = []
        var scaled: [(Activation, Activation)] = []
        for term in terms {
            switch term {
            case .whole(let activation): wholes.append(activation)
            case .uniform(let values, let factor): uniforms.append((values, factor))
            case .scaled(let gradient, let factors): scaled.append((gradient, factors))
            }
        }
        for (index, pair) in scaled.enumerated() {
            wholes.append(scale(pair.0, by: pair.1, adding: index == 0 ? uniforms : []))
        }
        if scaled.isEmpty, !uniforms.isEmpty {
            wholes.append(spread(uniforms))
        }
        if wholes.count == 1, rectified == nil { return wholes[0] }
        return planner.sum(wholes, rectifiedBy: rectified, for: node)
    }

    /// For each lane of a plane the sum of the uniform terms.
    private static func offsets(
        _ uniforms: [(UnsafeMutablePointer<Float>, Float)],
        at start: Int,
        count: Int,
        into lanes: UnsafeMutableBufferPointer<Float>
    ) {
        unsafe lanes.update(repeating: 0)
        for unsafe(values, factor) in unsafe uniforms {
            for lane in 0..<count { unsafe lanes[lane] += factor * values[start + lane] }
        }
    }

    /// Writes out terms that are the same for a whole channel.
    private func spread(_ uniforms: [(Activation, Float)]) -> Activation {
        let result = planner.makeGradient(of: output)
        let block = Processor.blockSize
        let channels = output.shape.channels
        precondition(output.layout == .blocked, "\(node.name): a uniform gradient of vectors")
        planner.appendPlanes(
            node,
            "spread gradient",
            operations: output.elementCount,
            reads: uniforms.map(\.0),
            writes: [result],
            planes: output.batch * output.blockCount
        ) { arena in
            let sources = unsafe uniforms.map { unsafe (arena.values(of: $0), $1) }
            let target = unsafe arena.bytes(of: result)
            return { plane in
                let (picture, index) = (plane / result.blockCount, plane % result.blockCount)
                let first = index * block
                unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: block) { lanes in
                    unsafe Self.offsets(
                        sources,
                        at: picture * channels + first,
                        count: min(block, channels - first),
                        into: lanes
                    )
                    unsafe training_fill(
                        lanes.baseAddress,
                        target + plane * result.planeByteCount,
                        result.type.kernel,
                        result.shape.area,
                        block
                    )
                }
            }
        }
        return result
    }

    /// Writes out a gradient times a number for each channel, and uniform terms added to it.
    private func scale(
        _ gradient: Activation,
        by factors: Activation,
        adding uniforms: [(Activation, Float)]
    ) -> Activation {
        let result = planner.makeGradient(of: output)
        let block = Processor.blockSize
        let (channels, sourceChannels) = (output.shape.channels, gradient.shape.channels)
        let isAligned = sourceChannels % block == 0 || sourceChannels == channels
        let (area, type) = (result.shape.area, result.type.kernel)
        planner.appendPlanes(
            node,
            "scale gradient",
            operations: 2 * output.elementCount,
            reads: [gradient, factors] + uniforms.map(\.0),
            writes: [result],
            planes: output.batch * output.blockCount
        ) { arena in
            let source = unsafe arena.bytes(of: gradient)
            let scales = unsafe arena.values(of: factors)
            let sources = unsafe uniforms.map { unsafe (arena.values(of: $0), $1) }
            let target = unsafe arena.bytes(of: result)
            return { plane in
                let (picture, index) = (plane / result.blockCount, plane % result.blockCount)
                let first = index * block
                let count = min(block, channels - first)
                let planes =
                    unsafe source + picture * gradient.blockCount * gradient.planeByteCount
                let written = unsafe target + plane * result.planeByteCount
                unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * block) { lanes in
                    unsafe lanes.update(repeating: 0)
                    guard let start = lanes.baseAddress else { return }
                    let offsets = unsafe UnsafeMutableBufferPointer(
                        start: start + block,
                        count: block
                    )
                    unsafe Self.offsets(
                        sources,
                        at: picture * channels + first,
                        count: count,
                        into: offsets
                    )
                    unsafe start.update(from: scales + picture * channels + first, count: count)
                    if isAligned {
                        unsafe kernel_scale_shift(
                            planes + index % gradient.blockCount * gradient.planeByteCount,
                            type,
                            written,
                            type,
                            start,
                            start + block,
                            area,
                            block,
                            0
                        )
                    } else {
                        unsafe training_scale_lanes(
                            planes,
                            type,
                            start,
                            start + block,
                            written,
                            first,
                            count,
                            sourceChannels,
                            area,
                            block
                        )
                    }
                }
            }
        }
        return result
    }
}
