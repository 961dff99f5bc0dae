import Glibc

/// Where in a picture the pixels of a moved one come from: `x.0 * column + x.1 * row + x.2`, and so for y.
struct Warp {
    let x, y: (Float, Float, Float)

    /// A turn about the centre.
    static func rotation(degrees: Float, of size: PictureSize) -> Warp {
        let angle = degrees * Float(Double.pi / 180)
        let (cosine, sine) = (cosf(angle), sinf(angle))
        let (right, bottom) = (Float(size.width - 1), Float(size.height - 1))
        let left = (right - (cosine * right - sine * bottom)) / 2
        let top = (bottom - (sine * right + cosine * bottom)) / 2
        return Warp(x: (cosine, -sine, left), y: (sine, cosine, top))
    }
}

/// Operations that move pixels.
extension Picture {
    /// Takes each pixel from the nearest place of the warp, or fills it where the picture has none.
    mutating func warp(_ warp: Warp) {
        let source = pixels
        let old = source.span
        let (width, height) = (size.width, size.height)
        var new = pixels.mutableSpan
        var place = 0
        for row in 0..<height {
            for column in 0..<width {
                let (x, y) = (Float(column), Float(row))
                let nearX = (warp.x.0 * x + warp.x.1 * y + warp.x.2).rounded()
                let nearY = (warp.y.0 * x + warp.y.1 * y + warp.y.2).rounded()
                if nearX >= 0, nearX < Float(width), nearY >= 0, nearY < Float(height) {
                    let from = 3 * (Int(nearY) * width + Int(nearX))
                    for channel in 0..<3 { new[place + channel] = old[from + channel] }
                } else {
                    for channel in 0..<3 { new[place + channel] = Augmentation.fill }
                }
                place += 3
            }
        }
    }

    /// Fills the square of `2 * pad` pixels around a place, as far as the picture reaches.
    mutating func cutOut(pad: Int, x: Int, y: Int) {
        let columns = max(0, x - pad)..<max(max(0, x - pad), min(size.width, x + pad))
        let rows = max(0, y - pad)..<max(max(0, y - pad), min(size.height, y + pad))
        for row in rows where row < size.height {
            let start = 3 * (row * size.width + columns.lowerBound)
            for index in start..<start + 3 * columns.count { pixels[index] = Augmentation.fill }
        }
    }
}
