import CPictures

/// Where Pillow's resize takes its values along one axis, and their weights in fixed point.
struct PillowAxis {
    /// What there is to choose: results `first..<first + count` of a resize of `source` places to `result`.
    struct Form: Hashable {
        let filter: Filter
        let source: Int
        let result: Int
        var first = 0
        let count: Int

        init(_ filter: Filter, _ source: Int, to result: Int, crop: Range<Int>? = nil) {
            self.filter = filter
            self.source = source
            self.result = result
            first = crop?.lowerBound ?? 0
            count = crop?.count ?? result
        }
    }

    enum Filter {
        case box, bilinear

        /// How far the filter reaches, in places.
        var support: Double { self == .box ? 0.5 : 1 }

        func weight(_ distance: Double) -> Double {
            switch self {
            case .box: distance > -0.5 && distance <= 0.5 ? 1 : 0
            case .bilinear: max(0, 1 - abs(distance))
            }
        }
    }

    /// Where each result takes its values.
    private(set) var places: [PicturesResamplePlace]
    /// `taps` for each result.
    let weights: [Int32]
    let taps: Int

    init(_ form: Form) {
        let scale = Double(form.source) / Double(form.result)
        let stretch = max(scale, 1)
        let support = form.filter.support * stretch
        var rows: [(first: Int, weights: [Int32])] = []
        for index in form.first..<form.first + form.count {
            let centre = (Double(index) + 0.5) * scale
            let low = max(0, Int(centre - support + 0.5))
            let high = min(form.source, Int(centre + support + 0.5))
            var weights: [Double] = []
            for place in low..<max(low, high) {
                let distance = (Double(place) - centre + 0.5) * (1 / stretch)
                weights.append(form.filter.weight(distance))
            }
            let sum = weights.reduce(0, +)
            let shares = weights.map { Int32(0.5 + (sum == 0 ? $0 : $0 / sum) * 0x1p22) }
            rows.append((low, shares))
        }
        taps = rows.reduce(0) { max($0, $1.weights.count) }
        places = rows.map {
            PicturesResamplePlace(first: Int32($0.first), count: Int32($0.weights.count))
        }
        weights = rows.flatMap { [taps] row in
            row.weights + [Int32](repeating: 0, count: taps - row.weights.count)
        }
    }
}

extension PillowAxis {
    /// Counts source places from the first that is needed.
    ///
    /// - Returns: The source places that are needed.
    mutating func moveToStart() -> Range<Int> {
        let first = places.map { Int($0.first) }.min() ?? 0
        let end = places.map { Int($0.first + $0.count) }.max() ?? 0
        places = places.map { .init(first: $0.first - Int32(first), count: $0.count) }
        return first..<end
    }

    /// Resizes rows of so many pixels.
    ///
    /// - Precondition: there is room for the results.
    func resampleRows(_ input: [UInt8], width: Int, rows: Int, into output: inout [UInt8]) {
        precondition(
            input.count >= 3 * width * rows && output.count >= 3 * places.count * rows,
            "\(rows) rows of \(width) pixels to \(places.count)"
        )
        unsafe pictures_resample_rows(
            input,
            3 * width,
            rows,
            places,
            weights,
            taps,
            places.count,
            &output
        )
    }

    /// Resizes columns, in rows of so many pixels.
    ///
    /// - Precondition: there is room for the results.
    func resampleColumns(_ input: [UInt8], width: Int, into output: inout [UInt8]) {
        precondition(
            output.count >= 3 * width * places.count,
            "columns of rows of \(width) pixels to \(places.count)"
        )
        unsafe pictures_resample_columns(
            input,
            3 * width,
            places,
            weights,
            taps,
            places.count,
            &output
        )
    }
}
