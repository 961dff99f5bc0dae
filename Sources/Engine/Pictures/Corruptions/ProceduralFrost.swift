extension FrostPhotographs {
    /// Frost made by arithmetic, in place of the published photographs, and the same for everybody.
    ///
    /// What it does to a network is of the same kind, but no published figure.
    ///
    /// - Parameter side: The side of the pictures that it is for, in pixels.
    /// - Returns: Five pictures that are larger both ways.
    public static func procedural(for side: Int) -> FrostPhotographs {
        let size = PictureSize(width: side + 376, height: side + 256)
        return FrostPhotographs(
            fileNames.indices.map { ProceduralFrost(variety: $0).picture(size) }
        )
    }
}

/// Needles of ice: ridges of noise at several scales, bent by coarser noise.
///
/// Only sums, products and quotients are taken, which are the same on every machine.
struct ProceduralFrost {
    /// Which of the five it is.
    let variety: Int

    private static let octaves = 5
    /// The dark between the needles, and what the brightest ice has more, for red, green and blue.
    private static let dark = [22.0, 34.0, 46.0]
    private static let ice = [198.0, 212.0, 209.0]

    func picture(_ size: PictureSize) -> Picture {
        let scale = 1.0 / Double(24 + 8 * variety)
        // Needles lie along one axis more than along the other, each variety in its own way.
        let slant = 0.35 * Double(variety - 2)
        var pixels: [UInt8] = []
        pixels.reserveCapacity(3 * size.width * size.height)
        for row in 0..<size.height {
            for column in 0..<size.width {
                let x = (Double(column) + slant * Double(row)) * scale
                let y = (Double(row) - slant * Double(column)) * scale * 0.6
                let light = ice(x, y)
                for channel in 0..<3 {
                    pixels.append(UInt8(Self.dark[channel] + Self.ice[channel] * light))
                }
            }
        }
        return Picture(size: size, pixels: pixels)
    }

    /// How much ice there is at a place: 0...1.
    private func ice(_ x: Double, _ y: Double) -> Double {
        let bend = 1.5 * noise(x * 0.5, y * 0.5, 0) - 0.75
        var (sum, whole, share, frequency) = (0.0, 0.0, 1.0, 1.0)
        for octave in 1...Self.octaves {
            let value = noise((x + bend) * frequency, (y - bend) * frequency, octave)
            let distance = 2 * value - 1
            let ridge = 1 - (distance < 0 ? -distance : distance)
            sum += share * ridge * ridge
            whole += share
            share *= 0.62
            frequency *= 2
        }
        let level = sum / whole
        return level * level * (3 - 2 * level)
    }

    /// Smooth noise of 0..<1, with a period of one at the lattice's points.
    private func noise(_ x: Double, _ y: Double, _ octave: Int) -> Double {
        let (left, top) = (x.rounded(.down), y.rounded(.down))
        let (across, down) = (Self.eased(x - left), Self.eased(y - top))
        let (column, row) = (Int(left), Int(top))
        let upper =
            point(column, row, octave) * (1 - across) + point(column + 1, row, octave) * across
        let lower =
            point(column, row + 1, octave) * (1 - across)
            + point(column + 1, row + 1, octave) * across
        return upper * (1 - down) + lower * down
    }

    private static func eased(_ part: Double) -> Double { part * part * (3 - 2 * part) }

    /// A number of 0..<1 that belongs to a point of the lattice.
    private func point(_ column: Int, _ row: Int, _ octave: Int) -> Double {
        var bits = UInt32(truncatingIfNeeded: column) &* 0x9E37_79B1
        bits ^= UInt32(truncatingIfNeeded: row) &* 0x85EB_CA77
        bits ^= UInt32(truncatingIfNeeded: 8 * variety + octave) &* 0xC2B2_AE3D
        bits = (bits ^ (bits >> 15)) &* 0x2C1B_3C6D
        bits = (bits ^ (bits >> 12)) &* 0x297A_2D39
        bits ^= bits >> 15
        return Double(bits) * 0x1p-32
    }
}
