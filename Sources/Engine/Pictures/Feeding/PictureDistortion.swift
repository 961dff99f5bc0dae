/// How pictures are changed at random while a network is trained.
public struct PictureDistortion: Equatable, Sendable {
    /// The published ways.
    public enum Style: Equatable, Sendable {
        /// `imagenet`: a window of the file, mirrored, then resized.
        case window
        /// `reid`: resized as it is, or made larger and a part of that cut out; then mirrored.
        case twoSizes
        /// `inception`: a window of the pixels, resized, mirrored, then other colours.
        case colours(ColourDistortion, WindowSampler)
    }

    /// Which of the published ways it is.
    public var style = Style.window
    /// Which part of each picture is seen.
    public var window: WindowSampler
    /// What is done to the pixels behind that, if anything.
    public var policy: AugmentPolicy?

    /// Windows and a policy; left and right change places half of the time.
    public init(window: WindowSampler = WindowSampler(), policy: AugmentPolicy? = nil) {
        self.window = window
        self.policy = policy
    }
}

extension PictureDecoder {
    /// Prepares a picture into its place, changed as `random` decides.
    ///
    /// - Throws: ``PictureError``.
    func prepare(
        _ bytes: RawSpan,
        as preprocessing: Preprocessing,
        distortion: PictureDistortion,
        random: SplitMix64,
        layout: PixelLayout,
        into output: inout MutableSpan<Float>
    ) throws(PictureError) {
        var random = random
        if distortion.style != .window {
            return try prepareResized(
                bytes,
                as: preprocessing,
                distortion: distortion,
                random: random,
                layout: layout,
                into: &output
            )
        }
        // The window is drawn first and the policy's choices come last, whatever the picture's format.
        var augmentation = random
        let augment: ((inout Picture) -> Void)? = distortion.policy.map { policy in
            { policy.apply(to: &$0, using: &augmentation) }
        }
        try prepareCrop(
            bytes,
            as: preprocessing,
            layout: layout,
            into: &output,
            choose: { size in
                let crop = TrainingCrop(
                    window: distortion.window.window(in: size, using: &random),
                    isMirrored: random.coin()
                )
                augmentation = random
                return crop
            },
            augment: augment
        )
    }

    /// Prepares a picture in one of the styles that cut pixels, not files.
    private func prepareResized(
        _ bytes: RawSpan,
        as preprocessing: Preprocessing,
        distortion: PictureDistortion,
        random: SplitMix64,
        layout: PixelLayout,
        into output: inout MutableSpan<Float>
    ) throws(PictureError) {
        var random = random
        var augmentation = random
        let augment: ((inout Picture) -> Void)? = distortion.policy.map { policy in
            { policy.apply(to: &$0, using: &augmentation) }
        }
        try prepareResized(
            bytes,
            as: preprocessing,
            layout: layout,
            into: &output,
            choose: { size in
                let side = preprocessing.imageSize
                let crop = distortion.style.crop(of: size, side: side, using: &random)
                augmentation = random
                return crop
                    ?? ResizedCrop(
                        window: PictureWindow(whole: size),
                        resized: PictureSize(width: side, height: side),
                        isMirrored: false
                    )
            },
            augment: augment
        )
    }
}
