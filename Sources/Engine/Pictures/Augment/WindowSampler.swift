/// Draws the part of a picture that a training step sees.
///
/// The rule of TensorFlow's `sample_distorted_bounding_box`: an aspect ratio, then a height among those that
/// keep the area inside its range and the window inside the picture, then a place; again until the window
/// covers enough of an object, and the whole picture if no attempt does.
public struct WindowSampler: Equatable, Sendable {
    /// An object's outline, as shares of the picture's extents.
    public struct Box: Equatable, Sendable {
        /// The outline's edges, 0...1.
        public var left, top, right, bottom: Float

        /// An outline by its edges, 0...1.
        public init(left: Float, top: Float, right: Float, bottom: Float) {
            self.left = left
            self.top = top
            self.right = right
            self.bottom = bottom
        }

        /// The outline of the whole picture.
        public static let whole = Box(left: 0, top: 0, right: 1, bottom: 1)
    }

    /// Width divided by height.
    public var aspectRatios: ClosedRange<Float> = 0.75...1.33
    /// The window's share of the picture.
    public var areas: ClosedRange<Float> = 0.05...1
    /// The share of an object that must be seen.
    public var objectShare: Float = 0.1
    /// How often to try.
    public var attempts = 100

    /// The published sampler; without `isRandom` it must see all of the object.
    public init(isRandom: Bool = true) {
        objectShare = isRandom ? 0.1 : 1
    }

    /// The sampler of the published `inception` preprocessings.
    public static var colours: WindowSampler {
        var sampler = WindowSampler()
        sampler.aspectRatios = 0.75...(4 / 3)
        sampler.areas = 0.1...1
        return sampler
    }

    /// Draws a window.
    ///
    /// Without boxes the whole picture is the object.
    public func window(
        in size: PictureSize,
        boxes: [Box] = [],
        using random: inout SplitMix64
    ) -> PictureWindow {
        let objects = (boxes.isEmpty ? [.whole] : boxes).map { Edges($0, in: size) }
        for _ in 0..<attempts {
            let span = aspectRatios.upperBound - aspectRatios.lowerBound
            let ratio = random.uniform() * span + aspectRatios.lowerBound
            guard let window = attempt(ratio, size, &random) else { continue }
            let edges = Edges(window)
            let isEnough = objects.contains { object in
                object.area >= 1 && edges.common(object) / object.area >= objectShare
            }
            if isEnough { return window }
        }
        return PictureWindow(whole: size)
    }

    private func attempt(
        _ ratio: Float,
        _ size: PictureSize,
        _ random: inout SplitMix64
    ) -> PictureWindow? {
        func width(_ height: Int) -> Int { Int((Float(height) * ratio).rounded(.toNearestOrEven)) }
        func height(_ area: Float) -> Int {
            Int((area / ratio).squareRoot().rounded(.toNearestOrEven))
        }
        let least = areas.lowerBound * Float(size.width) * Float(size.height)
        let most = areas.upperBound * Float(size.width) * Float(size.height)
        var tallest = height(most)
        if width(tallest) > size.width {
            tallest = Int((Double(size.width) + 0.5 - 1e-7) / Double(ratio))
            if width(tallest) > size.width { tallest -= 1 }
        }
        tallest = min(tallest, size.height)
        var chosen = min(height(least), tallest)
        if chosen < tallest { chosen += random.below(tallest - chosen + 1) }
        if Float(width(chosen) * chosen) < least { chosen += 1 }
        if Float(width(chosen) * chosen) > most { chosen -= 1 }
        let area = Float(width(chosen) * chosen)
        let isPossible = chosen > 0 && width(chosen) > 0 && area >= least && area <= most
        guard isPossible, width(chosen) <= size.width, chosen <= size.height else { return nil }
        // The place before the last is the last that TensorFlow draws.
        let y = chosen < size.height ? random.below(size.height - chosen) : 0
        let x = width(chosen) < size.width ? random.below(size.width - width(chosen)) : 0
        return PictureWindow(x: x, y: y, width: width(chosen), height: chosen)
    }
}

/// A rectangle by its edges, in whole pixels.
private struct Edges {
    let left, top, right, bottom: Int

    init(_ box: WindowSampler.Box, in size: PictureSize) {
        func pixel(_ share: Float, of extent: Int) -> Int {
            let share = share.isFinite ? min(max(share, 0), 1) : 0
            return Int(share * Float(extent))
        }
        left = pixel(box.left, of: size.width)
        top = pixel(box.top, of: size.height)
        right = pixel(box.right, of: size.width)
        bottom = pixel(box.bottom, of: size.height)
    }

    init(_ window: PictureWindow) {
        left = window.x
        top = window.y
        right = window.x + window.width
        bottom = window.y + window.height
    }

    var area: Float { Float((right - left) * (bottom - top)) }

    func common(_ other: Edges) -> Float {
        let width = min(right, other.right) - max(left, other.left)
        let height = min(bottom, other.bottom) - max(top, other.top)
        return width > 0 && height > 0 ? Float(width * height) : 0
    }
}
