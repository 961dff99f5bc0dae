extension Preprocessing {
    /// What its parts leave open and may not be as it was meant, a sentence each; each names the flag that settles it.
    public var doubts: [String] {
        var doubts: [String] = []
        let whole = 255 * Double(scale)
        let base = base
        if let share = parts.cropShare, share < 1, parts.cropMode == nil, base.framing == .square {
            doubts.append(
                "--crop-pct cuts the middle of each side, as \(name) makes a square of pictures of any shape; "
                    + "--crop-mode=center resizes the shorter side and cuts then"
            )
        }
        if let mode = parts.cropMode, parts.cropShare == nil, base.cropMode != mode {
            doubts.append(
                "--crop-mode=\(mode.rawValue) takes \(name)'s share, "
                    + "--crop-pct=\(PreprocessingParts.text(cropShare))"
            )
        }
        let values = "values of 0...\(PreprocessingParts.text((whole * 1e3).rounded() / 1e3))"
        let scaling = "--pixel-scale=\(PreprocessingParts.text(Double(scale)))"
        if let mean = parts.mean, parts.pixelScale == nil {
            let largest = mean.map(abs).max() ?? 0
            if whole > 16, largest > 0, largest <= 1 {
                doubts.append(
                    "--mean is taken off \(values), as \(name) has them; --pixel-scale=1/255 is for means of 0...1"
                )
            } else if largest > 1.01 * whole {
                doubts.append(
                    "--mean is taken off \(values), as \(name) has them; --pixel-scale=1 is for means of 0...255"
                )
            }
        }
        if let deviation = parts.deviation, parts.pixelScale == nil, parts.mean == nil {
            let largest = deviation.max() ?? 1
            if whole > 16 && largest < 1 || largest > 1.01 * whole {
                doubts.append(
                    "--std divides \(values), as \(name) has them; \(scaling) is assumed"
                )
            }
        }
        if parts.pixelScale != nil, scale != base.scale {
            if parts.mean == nil, means != .none {
                doubts.append(
                    "--pixel-scale leaves the mean of \(name), which is taken off \(values); --mean says another"
                )
            }
            if parts.deviation == nil, finish.factors != ChannelFinish.none.factors {
                doubts.append(
                    "--pixel-scale leaves the deviation of \(name), which divides \(values); --std says another"
                )
            }
        }
        return doubts
    }

    /// The same without any part of its own.
    private var base: Preprocessing {
        (try? Preprocessing(name: name, imageSize: imageSize, dctMethod: dctMethod)) ?? self
    }
}
