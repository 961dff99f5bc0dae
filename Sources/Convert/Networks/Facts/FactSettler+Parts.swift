internal import Pictures

extension FactSettler {
    /// Settles the parts of a preparation that are not as its name has them.
    ///
    /// - Throws: ``NetworkError/recordedFlag(path:name:value:expected:)``.
    mutating func settleParts(
        _ given: PreprocessingParts
    ) throws(NetworkError) -> PreprocessingParts {
        var parts = PreprocessingParts()
        parts.rule = try settle(
            "interpolation",
            given: given.rule,
            usual: nil,
            expected: ResizeRule.allCases.map(\.rawValue).joined(separator: ", "),
            text: \.rawValue,
            read: { ResizeRule(rawValue: $0) }
        )
        parts.cropMode = try settle(
            "crop_mode",
            given: given.cropMode,
            usual: nil,
            expected: "center, squash or square",
            text: \.rawValue,
            read: { PreprocessingParts.CropMode(rawValue: $0) }
        )
        parts.cropShare = try settle(
            "crop_pct",
            given: given.cropShare,
            usual: nil,
            expected: "a share from 0.05 to 1",
            text: PreprocessingParts.text,
            read: { text in
                PreprocessingParts.number(text).flatMap {
                    PreprocessingParts.cropShares.contains($0) ? $0 : nil
                }
            }
        )
        parts.pixelScale = try settle(
            "pixel_scale",
            given: given.pixelScale,
            usual: nil,
            expected: "a number above 0",
            text: PreprocessingParts.text,
            read: { text in PreprocessingParts.number(text).flatMap { $0 > 0 ? $0 : nil } }
        )
        func list(_ numbers: [Double]) -> String {
            numbers.map(PreprocessingParts.text).joined(separator: ",")
        }
        parts.mean = try settle(
            "mean",
            given: given.mean,
            usual: nil,
            expected: "one number, or three",
            text: list,
            read: PreprocessingParts.channels
        )
        parts.deviation = try settle(
            "std",
            given: given.deviation,
            usual: nil,
            expected: "one number above 0, or three",
            text: list,
            read: { text in
                PreprocessingParts.channels(text).flatMap { numbers in
                    numbers.allSatisfy { $0 > 0 } ? numbers : nil
                }
            }
        )
        parts.isReversed = try settle(
            "channel_order",
            given: given.isReversed,
            usual: nil,
            expected: "RGB or BGR",
            text: { $0 ? "BGR" : "RGB" },
            read: { ["RGB": false, "BGR": true][$0] }
        )
        return parts
    }
}
