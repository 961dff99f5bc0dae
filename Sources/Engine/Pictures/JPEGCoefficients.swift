import CJPEG
import CPictures

/// The quantised coefficients of a JPEG file.
struct JPEGCoefficients {
    /// One plane.
    struct Plane {
        let description: CJPEGPlane
        /// 64 a block, in natural order, block rows one after the other.
        let values: [Int16]
    }

    let colour: CJPEGColour
    let planes: [Plane]

    /// The picture as IJG's libjpeg 7 to 9 decode it, which double halved planes by a transform of 16 points; four
    /// inks become colours as in Pillow.
    ///
    /// - Throws: ``PictureError/damaged(_:offset:reason:)`` for planes that those libraries refuse.
    func picture(_ size: PictureSize) throws(PictureError) -> Picture {
        let most = (
            across: planes.map(\.description.across).max() ?? 1,
            down: planes.map(\.description.down).max() ?? 1
        )
        var samples: [[UInt8]] = []
        for plane in planes { samples.append(try plane.samples(size, most)) }
        return Picture(size: size, pixels: try pixels(samples, size))
    }

    private func pixels(
        _ samples: [[UInt8]],
        _ size: PictureSize
    ) throws(PictureError) -> [UInt8] {
        let inks = samples.last ?? []
        switch (colour, samples.count) {
        case (CJPEGColourGrey, 1): return inks.flatMap { [$0, $0, $0] }
        case (CJPEGColourRGB, 3): return Self.interleaved(samples)
        case (CJPEGColourYCC, 3): return Self.converted(samples, size)
        case (CJPEGColourCMYK, 4):
            return Self.darkened(Self.interleaved(samples).map { 255 - $0 }, by: inks)
        case (CJPEGColourYCCK, 4): return Self.darkened(Self.converted(samples, size), by: inks)
        default:
            let reason = "its \(samples.count) planes have no known meaning"
            throw .damaged(.jpeg, offset: 0, reason: reason)
        }
    }

    private static func interleaved(_ samples: [[UInt8]]) -> [UInt8] {
        var pixels: [UInt8] = []
        pixels.reserveCapacity(3 * samples[0].count)
        for index in samples[0].indices {
            for channel in 0..<3 { pixels.append(samples[channel][index]) }
        }
        return pixels
    }

    private static func converted(_ samples: [[UInt8]], _ size: PictureSize) -> [UInt8] {
        var pixels = [UInt8](repeating: 0, count: 3 * size.width * size.height)
        unsafe pictures_jpeg_colour(
            samples[0],
            samples[1],
            samples[2],
            size.width,
            size.width,
            size.height,
            &pixels
        )
        return pixels
    }

    /// Takes amounts of colour from a light, where the amounts are shares of 255.
    private static func darkened(_ amounts: [UInt8], by lights: [UInt8]) -> [UInt8] {
        amounts.enumerated().map { index, amount in
            let light = Int(lights[index / 3])
            let product = Int(amount) * light + 128
            return UInt8(clamping: light - ((product >> 8) + product) >> 8)
        }
    }
}

extension JPEGCoefficients.Plane {
    /// One sample for each pixel.
    ///
    /// A plane with half as many is doubled by its transform; what is missing then is repeated.
    fileprivate func samples(
        _ size: PictureSize,
        _ most: (across: UInt32, down: UInt32)
    ) throws(PictureError) -> [UInt8] {
        let isDoubledAcross = most.across % (2 * description.across) == 0
        let isDoubledDown = most.down % (2 * description.down) == 0
        let unitAcross = description.across * (isDoubledAcross ? 2 : 1)
        let unitDown = description.down * (isDoubledDown ? 2 : 1)
        guard most.across % unitAcross == 0, most.down % unitDown == 0 else {
            let reason =
                "a plane of \(description.across)x\(description.down) samples beside one of "
                + "\(most.across)x\(most.down)"
            throw .damaged(.jpeg, offset: 0, reason: reason)
        }
        var plane = PicturesJPEGPlane(
            blocks_across: Int(description.blocks_across),
            blocks_down: Int(description.blocks_down),
            is_doubled_across: isDoubledAcross,
            is_doubled_down: isDoubledDown
        )
        let stride = 8 * plane.blocks_across * (isDoubledAcross ? 2 : 1)
        let rows = 8 * plane.blocks_down * (isDoubledDown ? 2 : 1)
        var output = [UInt8](repeating: 0, count: stride * rows)
        var steps = description.steps
        unsafe withUnsafePointer(to: &steps) { steps in
            unsafe steps.withMemoryRebound(to: UInt16.self, capacity: 64) { steps in
                unsafe pictures_jpeg_inverse(&plane, values, steps, &output)
            }
        }
        let (across, down) = (Int(most.across / unitAcross), Int(most.down / unitDown))
        var samples: [UInt8] = []
        samples.reserveCapacity(size.width * size.height)
        for row in 0..<size.height {
            let start = row / down * stride
            if across == 1 {
                samples += output[start..<start + size.width]
            } else {
                for column in 0..<size.width { samples.append(output[start + column / across]) }
            }
        }
        return samples
    }
}
