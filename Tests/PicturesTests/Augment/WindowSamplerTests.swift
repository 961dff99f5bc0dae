import Pictures
import Testing

@Suite struct WindowSamplerTests {
    static let sizes = [
        PictureSize(width: 500, height: 375), PictureSize(width: 333, height: 500),
        PictureSize(width: 900, height: 120), PictureSize(width: 37, height: 41),
    ]

    @Test("windows keep their area, their aspect and inside the picture", arguments: sizes)
    func bounds(size: PictureSize) {
        var random = SplitMix64(seed: 2)
        let sampler = WindowSampler()
        var seen: Set<PictureWindow> = []
        for _ in 0..<2000 {
            let window = sampler.window(in: size, using: &random)
            seen.insert(window)
            #expect(window.x >= 0 && window.x + window.width <= size.width)
            #expect(window.y >= 0 && window.y + window.height <= size.height)
            guard window != PictureWindow(whole: size) else { continue }
            let share = Float(window.width * window.height) / Float(size.width * size.height)
            // The whole picture is the object, of which a tenth must be seen.
            #expect(share >= 0.1 && share <= 1)
            let slack = 0.75 / Float(window.height)
            let ratio = Float(window.width) / Float(window.height)
            #expect(ratio >= 0.75 - slack && ratio <= 1.33 + slack)
        }
        #expect(seen.count > 1000)
    }

    @Test("heights are spread evenly between their bounds")
    func heights() {
        // At a ratio of 1 in a square of 100, heights run from √(0.05) * 100 = 22 to 100; below 32 they are too
        // small for a tenth, and drawn again.
        var sampler = WindowSampler()
        sampler.aspectRatios = 1...1
        var random = SplitMix64(seed: 9)
        var counts = [Int](repeating: 0, count: 101)
        for _ in 0..<69_000 {
            let square = PictureSize(width: 100, height: 100)
            counts[sampler.window(in: square, using: &random).height] += 1
        }
        #expect(counts[..<32].allSatisfy { $0 == 0 })
        #expect(counts[32...].allSatisfy { abs($0 - 1000) < 200 })
    }

    @Test("an object that must be seen whole leaves only windows that hold it")
    func object() {
        var random = SplitMix64(seed: 4)
        let size = PictureSize(width: 300, height: 200)
        let box = WindowSampler.Box(left: 0.4, top: 0.4, right: 0.6, bottom: 0.6)
        let sampler = WindowSampler(isRandom: false)
        var whole = 0
        for _ in 0..<500 {
            let window = sampler.window(in: size, boxes: [box], using: &random)
            whole += window == PictureWindow(whole: size) ? 1 : 0
            #expect(window.x <= 120 && window.x + window.width >= 180)
            #expect(window.y <= 80 && window.y + window.height >= 120)
        }
        #expect(whole < 50)
        #expect(sampler.window(in: size, using: &random) == PictureWindow(whole: size))
    }

    @Test("where no window is possible, and for the smallest pictures, the whole comes")
    func impossible() {
        var random = SplitMix64(seed: 6)
        let sampler = WindowSampler()
        for (width, height) in [(1, 1), (1, 1000), (1000, 1), (2, 1), (1, 2)] {
            let size = PictureSize(width: width, height: height)
            let window = sampler.window(in: size, using: &random)
            #expect(window.width > 0 && window.height > 0)
            #expect(window.x + window.width <= width && window.y + window.height <= height)
        }
        let nothing = WindowSampler.Box(left: .nan, top: 2, right: -1, bottom: .infinity)
        let size = PictureSize(width: 50, height: 50)
        let window = sampler.window(in: size, boxes: [nothing], using: &random)
        #expect(window == PictureWindow(whole: size))
    }
}
