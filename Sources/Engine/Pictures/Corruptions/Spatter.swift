import CPictures

/// Drops of water, or mud, on the lens.
struct Spatter {
    private let mean: Double
    private let deviation: Double
    private let sigma: Double
    private let threshold: Double
    private let factor: Double
    private let isMud: Bool

    init(_ severity: Int) {
        let settings: (Double, Double, Double, Double, Double, Bool)
        switch severity {
        case 1: settings = (0.65, 0.3, 4, 0.69, 0.6, false)
        case 2: settings = (0.65, 0.3, 3, 0.68, 0.6, false)
        case 3: settings = (0.65, 0.3, 2, 0.68, 0.5, false)
        case 4: settings = (0.65, 0.3, 1, 0.65, 1.5, true)
        default: settings = (0.67, 0.4, 1, 0.65, 1.5, true)
        }
        (mean, deviation, sigma, threshold, factor, isMud) = settings
    }

    func apply(
        to picture: inout Picture,
        _ random: inout NumPyRandom,
        _ work: inout CorruptionWorkspace
    ) {
        let count = picture.size.width * picture.size.height
        work.values.makeRoom(for: count)
        unsafe pictures_random_normals(&random.state, &work.values, count)
        unsafe pictures_scaled(&work.values, count, mean, deviation)
        work.kernel(.init(sigma: sigma)).smooth(picture.size, channels: 1, &work)
        unsafe pictures_spatter_layer(&work.smoothed, count, threshold)
        if isMud {
            coverWithMud(&picture, &work)
        } else {
            addWater(to: &picture, &work)
        }
    }

    private func coverWithMud(_ picture: inout Picture, _ work: inout CorruptionWorkspace) {
        let count = picture.size.width * picture.size.height
        for index in 0..<count { work.values[index] = work.smoothed[index] > threshold ? 1 : 0 }
        work.kernel(.init(sigma: factor))
            .smooth(picture.size, channels: 1, roundsToFloat: true, &work)
        unsafe pictures_spatter_layer(&work.smoothed, count, Double(Float(0.8)))
        unsafe pictures_spatter_mud(&picture.pixels, count, work.smoothed)
    }

    private func addWater(to picture: inout Picture, _ work: inout CorruptionWorkspace) {
        let (width, height) = (picture.size.width, picture.size.height)
        let count = width * height
        work.bytes.makeRoom(for: count)
        work.moreBytes.makeRoom(for: 2 * count)
        unsafe pictures_spatter_bytes(work.smoothed, count, &work.bytes)
        drawRelief(picture.size, &work)
        unsafe pictures_spatter_water(
            &picture.pixels,
            count,
            work.bytes,
            work.moreBytes,
            Float(factor)
        )
    }

    /// From the layer in the workspace's bytes, the light on the drops' edges in its other bytes.
    private func drawRelief(_ size: PictureSize, _ work: inout CorruptionWorkspace) {
        let (width, height) = (size.width, size.height)
        let count = width * height
        work.shorts.makeRoom(for: 2 * count)
        work.integers.makeRoom(for: (width + 4) * (height + 5))
        work.stack.makeRoom(for: count)
        work.floats.makeRoom(for: count)
        work.levels.makeRoom(for: count)
        work.moreFloats.makeRoom(for: 2 * width)
        unsafe pictures_spatter_edges(
            work.bytes,
            width,
            height,
            &work.shorts,
            &work.integers,
            &work.stack,
            &work.levels
        )
        unsafe pictures_spatter_distances(work.levels, width, height, &work.integers, &work.floats)
        unsafe pictures_spatter_near(
            work.floats,
            width,
            height,
            20,
            &work.moreFloats,
            &work.moreBytes
        )
        unsafe pictures_spatter_equalize(&work.moreBytes, count)
        unsafe pictures_spatter_emboss(work.moreBytes, width, height, &work.levels)
        unsafe pictures_spatter_smooth(work.levels, width, height, &work.moreBytes)
    }
}
