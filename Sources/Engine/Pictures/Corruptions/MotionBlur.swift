import CPictures
import Glibc

/// A camera in motion.
struct MotionBlur {
    private let streak: Streak

    init(_ severity: Int) {
        let (radius, sigma) = [(10, 3), (15, 5), (15, 8), (15, 12), (20, 15)][severity - 1]
        streak = Streak(radius: radius, sigma: Double(sigma))
    }

    func apply(
        to picture: inout Picture,
        _ random: inout NumPyRandom,
        _ work: inout CorruptionWorkspace
    ) {
        let angle = random.uniform(-45, 45)
        streak.smear(&picture.pixels, picture.size, channels: 3, angle: angle, &work)
    }
}

/// A motion as ImageMagick 6 blurs it: one half of a Gaussian along a line.
struct Streak {
    /// How far the line leads, in pixels; it has twice as many places and one.
    let radius: Int
    /// How fast it fades.
    let sigma: Double

    /// Blurs bytes, channels side by side.
    ///
    /// The angle is in degrees; 0 leads to the right.
    func smear(
        _ pixels: inout [UInt8],
        _ size: PictureSize,
        channels: Int,
        angle: Double,
        _ work: inout CorruptionWorkspace
    ) {
        let count = 2 * radius + 1
        precondition(count <= pictures_longest_motion, "a streak of \(count) places")
        let radians = angle * .pi / 180
        let (down, across) = (Double(count) * sin(radians), Double(count) * cos(radians))
        let length = (down * down + across * across).squareRoot()
        work.line.makeRoom(for: count)
        work.columns.makeRoom(for: count)
        work.rows.makeRoom(for: count)
        var sum = 0.0
        for place in 0..<count {
            let distance = Double(place)
            let weight =
                exp(-(distance * distance) / (2 * sigma * sigma))
                / ((2 * Double.pi).squareRoot() * sigma)
            sum += weight
            work.line[place] = weight
            work.columns[place] = Int((distance * across / length - 0.5).rounded(.up))
            work.rows[place] = Int((distance * down / length - 0.5).rounded(.up))
        }
        for place in 0..<count { work.line[place] /= sum }
        var motion = PicturesMotion(
            width: size.width,
            height: size.height,
            channels: channels,
            count: count
        )
        work.floats.makeRoom(for: unsafe pictures_motion_scratch(&motion))
        unsafe pictures_motion_blur(
            &motion,
            &pixels,
            work.columns,
            work.rows,
            work.line,
            &work.floats
        )
    }
}
