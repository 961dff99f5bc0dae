import CPictures
import Glibc

/// A Gaussian kernel as SciPy makes it, and its application.
struct GaussianKernel {
    /// What there is to choose.
    struct Form: Hashable {
        let sigma: Double
        /// After how many sigmas the kernel ends.
        var truncation: Double = 4
    }

    /// The middle weight and those to one side.
    let weights: [Double]

    /// How many weights there are to one side.
    var radius: Int { weights.count - 1 }

    init(_ form: Form) {
        let radius = Int(form.truncation * form.sigma + 0.5)
        let factor = -0.5 / (form.sigma * form.sigma)
        let all = (-radius...radius).map { exp(factor * Double($0 * $0)) }
        let sum = Self.pairwiseSum(all[...])
        weights = all[radius...].map { $0 / sum }
    }

    /// A sum in NumPy's order: eight sums side by side, longer arrays by halves.
    static func pairwiseSum(_ values: ArraySlice<Double>) -> Double {
        let start = values.startIndex
        guard values.count >= 8 else { return values.reduce(0, +) }
        guard values.count <= 128 else {
            let half = values.count / 2
            let middle = start + half - half % 8
            return pairwiseSum(values[..<middle]) + pairwiseSum(values[middle...])
        }
        var sums = Array(values.prefix(8))
        let whole = values.count - values.count % 8
        for index in 8..<max(8, whole) { sums[index % 8] += values[start + index] }
        let sum =
            ((sums[0] + sums[1]) + (sums[2] + sums[3]))
            + ((sums[4] + sums[5]) + (sums[6] + sums[7]))
        return values.dropFirst(whole).reduce(sum, +)
    }

    /// Smooths the workspace's values, channels side by side, into its smoothed ones.
    ///
    /// With `roundsToFloat` float32 holds what either half of the smoothing gives.
    ///
    /// - Precondition: there are as many values as the size says.
    func smooth(
        _ size: PictureSize,
        channels: Int,
        border: PicturesBorder = PicturesBorderNearest,
        roundsToFloat: Bool = false,
        _ work: inout CorruptionWorkspace
    ) {
        let count = size.width * size.height * channels
        precondition(work.values.count >= count, "\(work.values.count) of \(count) values")
        precondition(radius <= pictures_largest_radius, "a radius of \(radius)")
        var gaussian = PicturesGaussian(
            rows: size.height,
            columns: size.width,
            channels: channels,
            radius: radius,
            border: border,
            rounds_to_float: roundsToFloat
        )
        work.smoothed.makeRoom(for: count)
        work.line.makeRoom(for: unsafe pictures_gaussian_scratch(&gaussian))
        unsafe pictures_gaussian(&gaussian, work.values, weights, &work.line, &work.smoothed)
    }
}
