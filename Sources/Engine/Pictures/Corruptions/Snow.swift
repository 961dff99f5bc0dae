import CPictures

/// A layer of falling flakes over a paler picture.
struct Snow {
    private let mean: Double
    private let deviation: Double
    private let zoom: Double
    private let threshold: Double
    private let streak: Streak
    private let mix: Double

    init(_ severity: Int) {
        let settings: (Double, Double, Double, Double, Int, Double, Double)
        switch severity {
        case 1: settings = (0.1, 0.3, 3, 0.5, 10, 4, 0.8)
        case 2: settings = (0.2, 0.3, 2, 0.5, 12, 4, 0.7)
        case 3: settings = (0.55, 0.3, 4, 0.9, 12, 8, 0.7)
        case 4: settings = (0.55, 0.3, 4.5, 0.85, 12, 8, 0.65)
        default: settings = (0.55, 0.3, 2.5, 0.85, 12, 12, 0.55)
        }
        (mean, deviation, zoom, threshold, _, _, mix) = settings
        streak = Streak(radius: settings.4, sigma: settings.5)
    }

    func apply(
        to picture: inout Picture,
        _ random: inout NumPyRandom,
        _ work: inout CorruptionWorkspace
    ) {
        let size = picture.size
        let count = size.width * size.height
        drawFlakes(size, &random, &work)
        var flakes: [UInt8] = []
        swap(&flakes, &work.bytes)
        streak.smear(&flakes, size, channels: 1, angle: random.uniform(-135, -45), &work)
        unsafe pictures_snow(&picture.pixels, flakes, count, mix)
        swap(&flakes, &work.bytes)
    }

    /// Draws the layer, before it falls, into the workspace's bytes.
    private func drawFlakes(
        _ size: PictureSize,
        _ random: inout NumPyRandom,
        _ work: inout CorruptionWorkspace
    ) {
        let count = size.width * size.height
        let columns = work.zoom(.init(extent: size.width, first: zoom))
        let rows = work.zoom(.init(extent: size.height, first: zoom))
        work.values.makeRoom(for: count)
        work.smoothed.makeRoom(for: count)
        work.bytes.makeRoom(for: count)
        unsafe pictures_random_normals(&random.state, &work.values, count)
        unsafe pictures_scaled(&work.values, count, mean, deviation)
        unsafe pictures_zoom(
            work.values,
            size.width,
            size.height,
            columns.places,
            rows.places,
            &work.smoothed
        )
        unsafe pictures_snow_layer(work.smoothed, count, threshold, &work.bytes)
    }
}
