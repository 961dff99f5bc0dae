import Base
import Pictures
import Testing

@Suite struct ProceduralFrostTests {
    @Test(
        "five photographs are made, each larger than the picture, for any side",
        arguments: [32, 224, 301]
    )
    func sizes(side: Int) throws {
        let size = PictureSize(width: side, height: side)
        try FrostPhotographs.procedural(for: side).check(for: size)
    }

    @Test("whichever is drawn, it lightens a dark picture unevenly, and differs from the others")
    func light() throws {
        let corruptor = Corruptor(frost: .procedural(for: 64))
        let size = PictureSize(width: 64, height: 64)
        let dark = Picture(size: size, pixels: [UInt8](repeating: 10, count: 3 * 64 * 64))
        var made: [[UInt8]] = []
        for seed in 0..<20 as Range<UInt32> {
            var (picture, random) = (dark, NumPyRandom(seed: seed))
            try corruptor.corrupt(&picture, by: .frost, severity: 1, random: &random)
            let values = picture.pixels.map { Double($0) }
            let mean = values.reduce(0, +) / Double(values.count)
            let spread = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
            #expect(mean > 20 && mean < 120, "\(mean)")
            #expect(spread > 50, "\(spread)")
            made.append(picture.pixels)
        }
        #expect(Set(made).count == made.count)
    }
}
