/// The pictures that exported graphs are proved with: the same on every machine and for ever.
///
/// Smooth shapes of bright colours with a little noise, as uint8; a network answers them with logits as far apart as
/// for photographs.
package enum FixedPictures {
    /// The bytes `[count, height, width, 3]`.
    package static func bytes(_ count: Int, height: Int, width: Int) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(count * height * width * 3)
        for picture in 0..<count {
            var state = UInt64(picture) &* 0x9E37_79B9_7F4A_7C15
            for y in 0..<height {
                for x in 0..<width {
                    for channel in 0..<3 {
                        // Triangle waves, in whole numbers, of a length that depends on picture and channel.
                        let length = 24 + 17 * ((picture + channel) % 5)
                        let across = wave(x * (channel + 1) + y, length)
                        let down = wave(y * 2 + x * picture + 11 * channel, length + 29)
                        let noise = Int(next(&state) >> 60)
                        output.append(UInt8(min(255, (across + down) * 120 / 100 + noise)))
                    }
                }
            }
        }
        return output
    }

    /// The pictures as networks take them: `[count, height, width, 3]`, the means of ImageNet subtracted.
    package static func values(_ count: Int, height: Int, width: Int) -> ReferenceTensor {
        let means: [Float] = [123.68, 116.78, 103.94]
        let bytes = bytes(count, height: height, width: width)
        let values = bytes.enumerated().map { Float($1) - means[$0 % 3] }
        return ReferenceTensor(unchecked: [count, height, width, 3], values)
    }

    /// 0...100 up and down.
    private static func wave(_ place: Int, _ length: Int) -> Int {
        let phase = place % (2 * length)
        return (phase < length ? phase : 2 * length - phase) * 100 / length
    }

    private static func next(_ state: inout UInt64) -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
