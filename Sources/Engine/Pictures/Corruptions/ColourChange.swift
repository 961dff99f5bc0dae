import CPictures

/// More light: the value of hue, saturation and value grows.
struct Brightness {
    private let summand: Double

    init(_ severity: Int) {
        summand = [0.1, 0.2, 0.3, 0.4, 0.5][severity - 1]
    }

    func apply(to picture: inout Picture) {
        let count = picture.pixels.count / 3
        unsafe pictures_change_hsv(&picture.pixels, count, summand, 1, 0)
    }
}

/// Less or more saturation.
struct Saturation {
    private let factor: Double
    private let summand: Double

    init(_ severity: Int) {
        (factor, summand) = [(0.3, 0), (0.1, 0), (2, 0), (5, 0.1), (20, 0.2)][severity - 1]
    }

    func apply(to picture: inout Picture) {
        let count = picture.pixels.count / 3
        unsafe pictures_change_hsv(&picture.pixels, count, 0, factor, summand)
    }
}

/// Less contrast: all values move towards their channel's mean.
struct Contrast {
    private let factor: Double

    init(_ severity: Int) {
        factor = [0.4, 0.3, 0.2, 0.1, 0.05][severity - 1]
    }

    func apply(to picture: inout Picture) {
        let count = picture.pixels.count / 3
        unsafe pictures_contrast(&picture.pixels, count, factor)
    }
}
