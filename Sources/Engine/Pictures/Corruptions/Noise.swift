import CPictures

/// Adds a normal number to every sample.
struct GaussianNoise {
    private let scale: Double

    init(_ severity: Int) {
        scale = [0.08, 0.12, 0.18, 0.26, 0.38][severity - 1]
    }

    func apply(to picture: inout Picture, _ random: inout NumPyRandom) {
        let count = picture.pixels.count
        unsafe pictures_add_normal(&picture.pixels, count, scale, false, &random.state)
    }
}

/// Adds to every sample a normal number times the sample.
struct SpeckleNoise {
    private let scale: Double

    init(_ severity: Int) {
        scale = [0.15, 0.2, 0.35, 0.45, 0.6][severity - 1]
    }

    func apply(to picture: inout Picture, _ random: inout NumPyRandom) {
        let count = picture.pixels.count
        unsafe pictures_add_normal(&picture.pixels, count, scale, true, &random.state)
    }
}

/// Counts photons: samples are numbers of a Poisson distribution.
struct ShotNoise {
    private let photons: Double

    init(_ severity: Int) {
        photons = [60, 25, 12, 5, 3][severity - 1]
    }

    func apply(
        to picture: inout Picture,
        _ random: inout NumPyRandom,
        _ work: inout CorruptionWorkspace
    ) {
        let count = picture.pixels.count
        work.integers.makeRoom(for: count)
        unsafe pictures_shot_noise(
            &picture.pixels,
            count,
            photons,
            &work.integers,
            &random.state
        )
    }
}

/// Makes some samples black or white.
struct ImpulseNoise {
    private let chance: Double

    init(_ severity: Int) {
        chance = [0.03, 0.06, 0.09, 0.17, 0.27][severity - 1]
    }

    func apply(
        to picture: inout Picture,
        _ random: inout NumPyRandom,
        _ work: inout CorruptionWorkspace
    ) {
        let count = picture.pixels.count
        work.bytes.makeRoom(for: count)
        unsafe pictures_impulse_noise(
            &picture.pixels,
            count,
            NumPyRandom.normalized(chance),
            &work.bytes,
            &random.state
        )
    }
}
