/// How pictures are changed at random while a network is trained.
public struct PictureDistortion: Equatable, Sendable {
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
}
