import CPictures

/// A blur by a Gaussian kernel.
struct GaussianBlur {
    private let sigma: Double

    init(_ severity: Int) {
        sigma = [1, 2, 3, 4, 6][severity - 1]
    }

    func apply(to picture: inout Picture, _ work: inout CorruptionWorkspace) {
        picture.smooth(sigma: sigma, &work)
    }
}

/// A view through frosted glass: a blur, pixels that wander, a blur.
struct GlassBlur {
    private let sigma: Double
    private let distance: Int
    private let rounds: Int

    init(_ severity: Int) {
        (sigma, distance, rounds) =
            [(0.7, 1, 2), (0.9, 2, 1), (1, 2, 3), (1.1, 3, 2), (1.5, 4, 2)][severity - 1]
    }

    func apply(
        to picture: inout Picture,
        _ random: inout NumPyRandom,
        _ work: inout CorruptionWorkspace
    ) {
        picture.smooth(sigma: sigma, &work)
        for _ in 0..<rounds {
            unsafe pictures_shift_pixels(
                &picture.pixels,
                picture.size.width,
                picture.size.height,
                distance,
                &random.state
            )
        }
        picture.smooth(sigma: sigma, &work)
    }
}

extension Picture {
    /// Smooths all channels, whose values are cut to bytes again.
    fileprivate mutating func smooth(sigma: Double, _ work: inout CorruptionWorkspace) {
        let count = pixels.count
        work.values.makeRoom(for: count)
        unsafe pictures_values(pixels, count, &work.values)
        work.kernel(.init(sigma: sigma)).smooth(size, channels: 3, &work)
        unsafe pictures_bytes(work.smoothed, count, &pixels)
    }
}
