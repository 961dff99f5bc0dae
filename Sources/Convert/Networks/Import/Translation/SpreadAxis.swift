internal import Base

/// One axis of a transposed convolution, taken apart by phases: the places between two strides.
///
/// Without its border, output `o` is the sum over inputs `i` and cells `a` of the window with `o = stride * i + dilation * a`. The
/// outputs of one phase, those of one remainder by the stride, come of the same cells, and are a convolution without strides.
struct SpreadAxis {
    /// Rows or columns that come in.
    let extent: Int
    /// Rows or columns that come out, from place `before` on.
    let output: Int
    let before: Int
    /// Cells of the window.
    let size: Int
    let stride: Int
    let dilation: Int

    /// Outputs of some phases, computed by one convolution.
    struct Part {
        /// Where each phase's outputs are.
        struct Phase {
            /// Its first output.
            let place: Int
            /// Which cell of the whole window each cell of the convolution's is; nil where the phase has none.
            let cells: [Int?]
            /// Where its outputs begin among those of the convolution.
            let first: Int
        }

        let phases: [Phase]
        let dilation: Int
        let before: Int
        let after: Int
        /// Outputs of the convolution.
        let count: Int

        var size: Int { phases[0].cells.count }
    }

    /// Outputs that one remainder has.
    private struct Phase {
        let place: Int
        /// Which input, but for how far it reaches back, gives the first output, and how many there are.
        let start: Int
        let count: Int
        /// The cells of the window, and how many inputs each reaches back; ascending.
        let taps: [(cell: Int, reach: Int)]
    }

    private var phases: [Phase] {
        (0..<min(stride, output)).map { place in
            let (start, rest) = (place + before).quotientAndRemainder(dividingBy: stride)
            let taps = (0..<size).compactMap { cell -> (cell: Int, reach: Int)? in
                let reach = dilation * cell - rest
                return reach % stride == 0 ? (cell, reach / stride) : nil
            }
            return Phase(
                place: place,
                start: start,
                count: (output - place - 1) / stride + 1,
                taps: taps
            )
        }
    }

    /// Inputs from one that a phase's outputs take to the next.
    private var step: Int {
        dilation / greatestCommonDivisor(dilation, stride)
    }

    /// Convolutions of no more cells than count; phases that none has are zero.
    var exact: [Part] {
        var groups: [[Phase]] = []
        for phase in phases where !phase.taps.isEmpty {
            let place = groups.firstIndex { group in
                group[0].start == phase.start && group[0].count == phase.count
                    && group[0].taps.map(\.reach) == phase.taps.map(\.reach)
            }
            if let place { groups[place].append(phase) } else { groups.append([phase]) }
        }
        return groups.map { part($0) }
    }

    /// One convolution for all phases, some of whose cells count for none; empty if there is none.
    var merged: [Part] {
        let some = phases.filter { !$0.taps.isEmpty }
        return step == 1 && !some.isEmpty ? [part(some)] : []
    }

    private func part(_ phases: [Phase]) -> Part {
        let reaches = phases.flatMap { $0.taps.map(\.reach) }
        let (nearest, farthest) = (reaches.min() ?? 0, reaches.max() ?? 0)
        let span = farthest - nearest + 1
        let start = phases.map(\.start).min() ?? 0
        let end = phases.map { $0.start + $0.count }.max() ?? 0
        // What begins or ends inside of what comes in is computed from its edge on, or up to it.
        let before = max(farthest - start, 0)
        let after = max(end - 1 - nearest - (extent - 1), 0)
        let first = farthest - before
        return Part(
            phases: phases.map { phase in
                let cells = stride(from: farthest, through: nearest, by: -step).map { reach in
                    phase.taps.first { $0.reach == reach }?.cell
                }
                return Part.Phase(
                    place: phase.place,
                    cells: cells,
                    first: phase.start - first
                )
            },
            dilation: step,
            before: before,
            after: after,
            count: extent + before + after - span + 1
        )
    }

    private func stride(from start: Int, through end: Int, by step: Int) -> [Int] {
        Array(Swift.stride(from: start, through: end, by: step))
    }
}
