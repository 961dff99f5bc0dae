import CPictures

/// Fog in the shape of a fractal landscape.
struct Fog {
    private let strength: Double
    private let decay: Double

    init(_ severity: Int) {
        (strength, decay) = [(1.5, 2), (2, 2), (2.5, 1.7), (2.5, 1.5), (3, 1.4)][severity - 1]
    }

    func apply(
        to picture: inout Picture,
        _ random: inout NumPyRandom,
        _ work: inout CorruptionWorkspace
    ) {
        let side = Self.side(for: picture.size)
        work.values.makeRoom(for: side * side)
        work.line.makeRoom(for: side * side / 4)
        unsafe pictures_plasma(&work.values, side, decay, &work.line, &random.state)
        unsafe pictures_fog(
            &picture.pixels,
            picture.size.width,
            picture.size.height,
            work.values,
            side,
            strength
        )
    }

    /// The landscape's side: 256, or the next power of two where the picture is larger.
    private static func side(for size: PictureSize) -> Int {
        var side = 256
        while side < max(size.width, size.height) { side *= 2 }
        return side
    }
}
