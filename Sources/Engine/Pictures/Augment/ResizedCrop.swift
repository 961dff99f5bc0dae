/// What a training step sees of a picture whose pixels are cut before and after they are resized, drawn for one picture.
package struct ResizedCrop: Equatable, Sendable {
    /// The part of the picture.
    package var window: PictureWindow
    /// The size that it is made.
    package var resized: PictureSize
    /// The part of that.
    package var crop: PictureWindow
    /// Whether left and right change places at the end.
    package var isMirrored: Bool
    /// What becomes of the colours.
    package var colours: ColourShift?

    /// What is seen.
    package init(
        window: PictureWindow,
        resized: PictureSize,
        crop: PictureWindow? = nil,
        isMirrored: Bool,
        colours: ColourShift? = nil
    ) {
        self.window = window
        self.resized = resized
        self.crop = crop ?? PictureWindow(whole: resized)
        self.isMirrored = isMirrored
        self.colours = colours
    }
}

extension PictureDistortion.Style {
    /// The longer of the two sizes that `reid` resizes to.
    package static let largerSide = 256

    /// Draws what is seen of a picture; nil for the style that cuts a window out of the file.
    package func crop(
        of size: PictureSize,
        side: Int,
        using random: inout SplitMix64
    ) -> ResizedCrop? {
        let square = PictureSize(width: side, height: side)
        switch self {
        case .window: return nil
        case .twoSizes:
            let whole = PictureWindow(whole: size)
            guard random.coin() else {
                return ResizedCrop(window: whole, resized: square, isMirrored: random.coin())
            }
            let larger = PictureSize(width: Self.largerSide, height: Self.largerSide)
            // Every place is as likely, the last among them.
            let top = random.below(Self.largerSide - side + 1)
            let left = random.below(Self.largerSide - side + 1)
            return ResizedCrop(
                window: whole,
                resized: larger,
                crop: PictureWindow(x: left, y: top, width: side, height: side),
                isMirrored: random.coin()
            )
        case .colours(let distortion, let sampler):
            let window = sampler.window(in: size, using: &random)
            let isMirrored = random.coin()
            return ResizedCrop(
                window: window,
                resized: square,
                isMirrored: isMirrored,
                colours: distortion.draw(using: &random)
            )
        }
    }
}
