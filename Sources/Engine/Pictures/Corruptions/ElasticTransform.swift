import CPictures

/// A picture on rubber: pulled at three points, then every pixel moved by a smooth field.
struct ElasticTransform {
    private let amplitude: Double
    private let sigma: Double
    private let pull: Double

    init(_ severity: Int) {
        // The published shares of a side of 244, whatever the picture's is.
        let side = 244.0
        switch severity {
        case 1: (amplitude, sigma, pull) = (side * 2, side * 0.7, side * 0.1)
        case 2: (amplitude, sigma, pull) = (side * 2, side * 0.08, side * 0.2)
        case 3: (amplitude, sigma, pull) = (side * 0.05, side * 0.01, side * 0.02)
        case 4: (amplitude, sigma, pull) = (side * 0.07, side * 0.01, side * 0.02)
        default: (amplitude, sigma, pull) = (side * 0.12, side * 0.01, side * 0.02)
        }
    }

    func apply(
        to picture: inout Picture,
        _ random: inout NumPyRandom,
        _ work: inout CorruptionWorkspace
    ) {
        let (width, height) = (picture.size.width, picture.size.height)
        let count = picture.pixels.count
        let matrix = drawMatrix(picture.size, &random)
        work.floats.makeRoom(for: count + 1)
        work.moreFloats.makeRoom(for: count + 1)
        unsafe pictures_float_values(picture.pixels, count, &work.floats)
        unsafe pictures_warp(work.floats, width, height, matrix, &work.moreFloats)
        drawField(picture.size, &random, &work)
        swap(&work.horizontal, &work.vertical)
        drawField(picture.size, &random, &work)
        swap(&work.horizontal, &work.vertical)
        unsafe pictures_displace(
            work.moreFloats,
            width,
            height,
            work.horizontal,
            work.vertical,
            &picture.pixels
        )
    }

    /// Draws one coordinate of the field into the workspace's horizontal one.
    private func drawField(
        _ size: PictureSize,
        _ random: inout NumPyRandom,
        _ work: inout CorruptionWorkspace
    ) {
        let count = size.width * size.height
        work.values.makeRoom(for: count)
        work.horizontal.makeRoom(for: count)
        unsafe pictures_random_doubles(&random.state.twister, &work.values, count)
        unsafe pictures_uniform(&work.values, count, -1, 1)
        work.kernel(.init(sigma: sigma, truncation: 3))
            .smooth(size, channels: 1, border: PicturesBorderReflect, &work)
        unsafe pictures_scaled_floats(work.smoothed, count, amplitude, &work.horizontal)
    }

    /// Draws where three points are pulled to, and finds the matrix that leads back.
    private func drawMatrix(_ size: PictureSize, _ random: inout NumPyRandom) -> [Double] {
        let third = Float(min(size.width, size.height) / 3)
        let (x, y) = (Float(size.height / 2), Float(size.width / 2))
        let points = [(x + third, y + third), (x + third, y - third), (x - third, y - third)]
        let targets = points.map { point in
            let (right, down) = (random.uniform(-pull, pull), random.uniform(-pull, pull))
            return (Double(point.0 + Float(right)), Double(point.1 + Float(down)))
        }
        let sources = points.map { (Double($0.0), Double($0.1)) }
        return AffineMatrix(from: sources, to: targets).inverse
    }
}

/// A map of the plane: `x' = m₀x + m₁y + m₂`, `y' = m₃x + m₄y + m₅`.
struct AffineMatrix {
    let elements: [Double]

    /// The map that leads three points to three others, found by elimination.
    ///
    /// - Precondition: the points are not on a line.
    init(from sources: [(Double, Double)], to targets: [(Double, Double)]) {
        var rows = zip(sources, targets).map { source, target in
            [source.0, source.1, 1, target.0, target.1]
        }
        for column in 0..<3 {
            let pivot = (column..<3).max { abs(rows[$0][column]) < abs(rows[$1][column]) }
            rows.swapAt(column, pivot ?? column)
            for row in column + 1..<3 {
                let factor = rows[row][column] / rows[column][column]
                for place in column..<5 { rows[row][place] -= factor * rows[column][place] }
            }
        }
        elements = (3..<5).flatMap { target in
            var solution = [0.0, 0, 0]
            for row in (0..<3).reversed() {
                var value = rows[row][target]
                for place in row + 1..<3 { value -= rows[row][place] * solution[place] }
                solution[row] = value / rows[row][row]
            }
            return solution
        }
    }

    /// The elements of the map back, by cofactors.
    var inverse: [Double] {
        let (a, b, d, e) = (elements[0], elements[1], elements[3], elements[4])
        let scale = 1 / (a * e - b * d)
        let (across, aslant, askew, down) = (e * scale, -b * scale, -d * scale, a * scale)
        return [
            across, aslant, -across * elements[2] - aslant * elements[5],
            askew, down, -askew * elements[2] - down * elements[5],
        ]
    }
}
