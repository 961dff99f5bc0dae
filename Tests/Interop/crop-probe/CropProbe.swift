import Pictures

/// Draws windows, for a script that compares their distribution with TensorFlow's.
///
/// `crop-probe WIDTH HEIGHT COUNT SEED` prints a line `x y width height` for each.
@main
struct CropProbe {
    static func main() {
        let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        guard numbers.count == 4, numbers.allSatisfy({ $0 >= 0 }), numbers[0] > 0, numbers[1] > 0
        else {
            print("usage: crop-probe WIDTH HEIGHT COUNT SEED")
            return
        }
        let size = PictureSize(width: numbers[0], height: numbers[1])
        let sampler = WindowSampler()
        for place in 0..<numbers[2] {
            // A source for each picture, as a training has it.
            var random = SplitMix64(seed: UInt64(numbers[3]), place: UInt64(place))
            let window = sampler.window(in: size, using: &random)
            print(window.x, window.y, window.width, window.height)
        }
    }
}
