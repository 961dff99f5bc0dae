import CPictures

/// A lens that zooms while the picture is taken: the mean of the picture and its enlargements.
struct ZoomBlur {
    private let step: Double
    private let count: Int

    init(_ severity: Int) {
        let steps = [(0.01, 12), (0.01, 16), (0.02, 11), (0.02, 13), (0.03, 11)]
        (step, count) = steps[severity - 1]
    }

    func apply(to picture: inout Picture, _ work: inout CorruptionWorkspace) {
        let (width, height) = (picture.size.width, picture.size.height)
        let columns = work.zoom(.init(extent: width, step: (1 + step) - 1, count: count))
        let rows = work.zoom(.init(extent: height, step: (1 + step) - 1, count: count))
        work.floats.makeRoom(for: picture.pixels.count)
        work.moreFloats.makeRoom(for: 3 * width)
        work.line.makeRoom(for: pictures_zoom_scratch(width))
        unsafe pictures_float_values(picture.pixels, picture.pixels.count, &work.floats)
        unsafe pictures_zoom_blur(
            &picture.pixels,
            width,
            height,
            columns.places,
            rows.places,
            count,
            work.floats,
            &work.line,
            &work.moreFloats
        )
    }
}

/// Where enlargements by SciPy 1.3's linear `zoom`, cut to the picture's extent, sample it along one axis.
struct ZoomAxis {
    /// Enlargements by `first + i * step`.
    struct Form: Hashable {
        let extent: Int
        var first = 1.0
        var step = 0.0
        var count = 1
    }

    /// `extent` places for each enlargement.
    let places: [PicturesZoomPlace]

    init(_ form: Form) {
        places = (0..<form.count).flatMap { index in
            Self.places(form.extent, factor: form.first + Double(index) * form.step)
        }
    }

    private static func places(_ extent: Int, factor: Double) -> [PicturesZoomPlace] {
        let source = Int((Double(extent) / factor).rounded(.up))
        let first = (extent - source) / 2
        let enlarged = Int((Double(source) * factor).rounded(.toNearestOrEven))
        let step = Double(source - 1) / Double(enlarged - 1)
        let margin = (enlarged - extent) / 2
        return (margin..<margin + extent).map { index in
            let coordinate = Double(index) * step
            let low = coordinate.rounded(.down)
            // Rounding can lead beyond the last pixel, where there is nothing.
            let isInside = coordinate <= Double(source - 1)
            let highWeight = coordinate - low
            return PicturesZoomPlace(
                low: Int32(first + min(Int(low), source - 1)),
                low_weight: isInside ? 1 - highWeight : 0,
                high_weight: isInside ? highWeight : 0
            )
        }
    }
}
