import CPictures

/// Ice on the lens: a part of a photograph of frost is added.
struct Frost {
    private let share: Double
    private let frostShare: Double
    private let photographs: FrostPhotographs?

    init(_ severity: Int, _ photographs: FrostPhotographs?) {
        (share, frostShare) =
            [(1, 0.4), (0.8, 0.6), (0.7, 0.7), (0.65, 0.7), (0.6, 0.75)][severity - 1]
        self.photographs = photographs
    }

    func apply(
        to picture: inout Picture,
        _ random: inout NumPyRandom,
        _ work: inout CorruptionWorkspace
    ) throws(FrostError) {
        guard let photographs else { throw .noPhotographs }
        let size = picture.size
        try photographs.check(for: size)
        let frost = photographs.pictures[random.integer(in: 0..<photographs.pictures.count)]
        let row = random.integer(in: 0..<frost.size.height - size.height)
        let column = random.integer(in: 0..<frost.size.width - size.width)
        let rowBytes = 3 * size.width
        work.bytes.makeRoom(for: picture.pixels.count)
        for line in 0..<size.height {
            let start = 3 * ((row + line) * frost.size.width + column)
            let place = line * rowBytes
            for index in 0..<rowBytes { work.bytes[place + index] = frost.pixels[start + index] }
        }
        let count = picture.pixels.count
        unsafe pictures_frost(&picture.pixels, work.bytes, count, share, frostShare)
    }
}
