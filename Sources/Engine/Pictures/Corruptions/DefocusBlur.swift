import CPictures
import Glibc

/// A lens out of focus: every pixel becomes a disk.
struct DefocusBlur {
    private let form: DefocusKernel.Form

    init(_ severity: Int) {
        let (radius, sigma) = [(3, 0.1), (4, 0.5), (6, 0.5), (8, 0.5), (10, 0.5)][severity - 1]
        form = DefocusKernel.Form(radius: radius, sigma: sigma)
    }

    func apply(to picture: inout Picture, _ work: inout CorruptionWorkspace) {
        let kernel = work.disk(form)
        var disk = PicturesDisk(
            width: picture.size.width,
            height: picture.size.height,
            radius: kernel.reach,
            group_count: kernel.groups.count
        )
        let stride = unsafe pictures_disk_stride(&disk)
        work.sums.makeRoom(for: unsafe pictures_disk_scratch(&disk))
        work.integers.makeRoom(for: kernel.singles.count)
        work.runs.removeAll(keepingCapacity: true)
        for (index, place) in kernel.singles.enumerated() {
            work.integers[index] = Int32(place.row * stride + 3 * place.column)
        }
        for run in kernel.runs {
            let start = run.row * stride
            work.runs.append(
                PicturesRun(
                    first: Int32(start + 3 * run.columns.lowerBound),
                    end: Int32(start + 3 * run.columns.upperBound)
                )
            )
        }
        unsafe pictures_disk_blur(
            &disk,
            &picture.pixels,
            kernel.groups,
            work.integers,
            work.runs,
            &work.sums
        )
    }
}

/// The kernel of a disk whose edge is softened, its places sorted by their weights.
///
/// Most weights are equal, so most of a correlation is sums of bytes, which are exact in any order.
struct DefocusKernel {
    /// What there is to choose.
    struct Form: Hashable {
        let radius: Int
        let sigma: Double
    }

    /// Places side by side in a row of the kernel.
    struct Run {
        let row: Int
        let columns: Range<Int>
    }

    /// How far the kernel reaches from its middle.
    let reach: Int
    /// `[2 * reach + 1, 2 * reach + 1]` weights.
    let weights: [Float]
    /// One group for each weight that is not 0.
    private(set) var groups: [PicturesKernelGroup] = []
    /// The single places of one group after the other.
    private(set) var singles: [(row: Int, column: Int)] = []
    /// The runs of one group after the other.
    private(set) var runs: [Run] = []

    init(_ form: Form) {
        reach = form.radius <= 8 ? 8 : form.radius
        weights = Self.weights(reach: reach, form)
        let width = 2 * reach + 1
        for weight in Set(weights).sorted() where weight != 0 {
            var group = PicturesKernelGroup(weight: Double(weight), single_count: 0, run_count: 0)
            var pixels = 0
            for row in 0..<width {
                var column = 0
                while column < width {
                    guard weights[row * width + column] == weight else {
                        column += 1
                        continue
                    }
                    let start = column
                    while column < width, weights[row * width + column] == weight { column += 1 }
                    if pixels + column - start > Self.mostPixels {
                        groups.append(group)
                        group.single_count = 0
                        group.run_count = 0
                        pixels = 0
                    }
                    pixels += column - start
                    if column - start > 2 {
                        runs.append(Run(row: row, columns: start..<column))
                        group.run_count += 1
                    } else {
                        singles += (start..<column).map { (row, $0) }
                        group.single_count += UInt32(column - start)
                    }
                }
            }
            groups.append(group)
        }
    }

    /// The sums of so many bytes fit into 16 bits.
    private static let mostPixels = 257

    /// A disk smoothed along its rows, then along its columns, in float32; it is mirrored at its edges without their
    /// repetition.
    private static func weights(reach: Int, _ form: Form) -> [Float] {
        let width = 2 * reach + 1
        let isInside = (0..<width * width).map { index in
            let (x, y) = (index % width - reach, index / width - reach)
            return x * x + y * y <= form.radius * form.radius
        }
        let share = 1 / Float(isInside.count { $0 })
        let taps = form.radius <= 8 ? 1 : 2
        let factor = -0.5 / (form.sigma * form.sigma)
        let parts = (-taps...taps).map { exp(factor * Double($0 * $0)) }
        let sum = parts.reduce(0, +)
        let kernel = parts[taps...].map { Float($0 / sum) }
        func mirrored(_ place: Int) -> Int {
            place < 0 ? -place : min(place, 2 * width - 2 - place)
        }
        func smoothed(_ values: [Float], step: Int, other: Int) -> [Float] {
            (0..<width * width).map { index in
                let (place, start) = (index / step % width, index / other % width * other)
                var sum = values[index] * kernel[0]
                for tap in 1...taps {
                    let before = values[start + mirrored(place - tap) * step]
                    let behind = values[start + mirrored(place + tap) * step]
                    sum += (before + behind) * kernel[tap]
                }
                return sum
            }
        }
        let disk = isInside.map { $0 ? share : 0 }
        return smoothed(smoothed(disk, step: 1, other: width), step: width, other: 1)
    }
}
