import Engine
import Testing

/// The gradient of every layer against differences of the loss.
@Suite(.serialized)
struct LayerGradientTests {
    @Test("gradients are the slopes of the loss", arguments: problems)
    func slopes(problem: GradientProblem) throws {
        let worst = try problem.worstError()
        print("gradient \(problem.name): \(worst.error) at \(worst.place)")
        #expect(worst.error <= problem.tolerance, "\(worst.place)")
    }

    /// Channel counts that fill blocks of 8 and 16, and that do not.
    static let channelCounts = [4, 8, 12, 16]

    static var problems: [GradientProblem] {
        let kinds = [convolutions, norms, pointwise, pools, attention, heads]
        return channelCounts.flatMap { channels -> [GradientProblem] in
            kinds.flatMap { $0(channels) }
        }
    }

    static func convolutions(_ channels: Int) -> [GradientProblem] {
        [
            GradientProblem("1x1 convolution", channels: channels) {
                $0.convolution($0.start, size: 1, from: channels, to: 2 * channels)
            },
            GradientProblem("3x3 convolution, stride 2", channels: channels) {
                $0.convolution($0.start, size: 3, stride: 2, from: channels, to: channels)
            },
            GradientProblem("7x7 convolution, stride 2", channels: channels) {
                $0.convolution($0.start, size: 7, stride: 2, from: channels, to: 4)
            },
            GradientProblem("1x1 convolution, stride 2", channels: channels) {
                $0.convolution($0.start, size: 1, stride: 2, from: channels, to: channels)
            },
            GradientProblem("3x2 convolution, strided, dilated, padded", channels: channels) {
                $0.append(
                    Convolution(
                        Window(
                            Axes(height: 3, width: 2),
                            stride: Axes(height: 1, width: 2),
                            dilation: Axes(height: 2, width: 1),
                            border: .sides(Padding(top: 1, bottom: 3, left: 0, right: 1))
                        ),
                        inputChannels: channels,
                        outputChannels: 2 * channels
                    ),
                    $0.start
                )
            },
            with(
                GradientProblem("3x3 convolution by Winograd", channels: channels) {
                    $0.convolution($0.start, size: 3, from: channels, to: 2 * channels)
                }
            ) { $0.math = .fast },
        ]
    }

    static func norms(_ channels: Int) -> [GradientProblem] {
        let plain = GradientProblem("batch norm", channels: channels) {
            $0.norm($0.start, channels)
        }
        let rectified = GradientProblem("batch norm with relu", channels: channels) {
            $0.append(Nonlinearity(.relu), $0.norm($0.start, channels))
        }
        let wide = GradientProblem("batch norm with a wide epsilon", channels: channels) {
            $0.append(BatchNorm(channels: channels, epsilon: 0.5, decay: 0.9), $0.start)
        }
        let vectors = GradientProblem(
            "batch norm of vectors with relu",
            channels: channels,
            batch: 7
        ) {
            let pooled = $0.append(GlobalPool(.average), $0.start)
            let product = $0.convolution(pooled, size: 1, from: channels, to: 32)
            return $0.append(Nonlinearity(.relu), $0.norm(product, 32))
        }
        return [
            plain, wide, with(rectified) { $0.hasKinks() },
            with(vectors) {
                $0.hasKinks()
            },
            with(plain) { $0.usesBatchStatistics = false },
        ]
    }

    static func pointwise(_ channels: Int) -> [GradientProblem] {
        [
            with(
                GradientProblem("convolution with relu", channels: channels) {
                    $0.append(Nonlinearity(.relu), $0.start)
                }
            ) { $0.hasKinks() },
            with(
                GradientProblem("relu", channels: channels) {
                    $0.append(Nonlinearity(.relu), $0.append(Upsample(), $0.start))
                }
            ) { $0.hasKinks() },
            with(
                GradientProblem("sum with relu, one input used thrice", channels: channels) {
                    let other = $0.convolution($0.start, size: 1, from: channels, to: channels)
                    let third = $0.convolution($0.start, size: 1, from: channels, to: channels)
                    let sum = $0.append(Add(), $0.append(Add(), $0.start, other), third)
                    return $0.append(Nonlinearity(.relu), sum)
                }
            ) { $0.hasKinks() },
            GradientProblem("doubling", channels: channels) { $0.append(Upsample(), $0.start) },
            with(
                GradientProblem("drop block with relu", channels: channels) {
                    $0.append(
                        Nonlinearity(.relu),
                        $0.append(DropBlock(gammaScale: 1), $0.norm($0.start, channels))
                    )
                }
            ) {
                $0.keepProbability = 0.5
                $0.hasKinks()
            },
            with(
                GradientProblem("drop block", channels: channels) {
                    $0.append(DropBlock(gammaScale: 0.25), $0.norm($0.start, channels))
                }
            ) { $0.keepProbability = 0.5 },
        ]
    }

    static func pools(_ channels: Int) -> [GradientProblem] {
        [
            with(
                GradientProblem("max-pool", channels: channels) {
                    $0.append(Pool(.maximum, Window(3, stride: 2, border: .same)), $0.start)
                }
            ) { $0.hasKinks() },
            with(
                GradientProblem("max-pool 2x3, padded", channels: channels) {
                    $0.append(
                        Pool(
                            .maximum,
                            Window(
                                Axes(height: 2, width: 3),
                                stride: Axes(height: 2, width: 1),
                                border: .sides(Padding(top: 1, bottom: 0, left: 0, right: 2))
                            )
                        ),
                        $0.start
                    )
                }
            ) {
                $0.hasKinks()
                $0.tolerance = 3e-2
            },
            GradientProblem("average 2x2, stride 1", channels: channels) {
                $0.append(Pool(.average, Window(2, border: .same)), $0.start)
            },
            GradientProblem("average 2x2, stride 2", height: 8, channels: channels) {
                $0.append(countedMean(2), $0.start)
            },
            GradientProblem("average 3x3, stride 2", channels: channels) {
                $0.append(countedMean(3), $0.start)
            },
        ]
            + [(1, 2), (2, 2), (3, 1), (3, 2), (5, 2), (7, 3)].map { size, stride in
                GradientProblem("blur of \(size), stride \(stride)", channels: channels) {
                    $0.append(Blur(size: size, stride: stride), $0.start)
                }
            }
    }

    /// A mean with stride 2 in which the zeros around the picture count.
    static func countedMean(_ size: Int) -> Pool {
        let padding = Padding(before: (size - 1) / 2, after: size / 2)
        return Pool(
            .average,
            Window(size, stride: 2, border: .sides(padding)),
            countsPadding: true
        )
    }

    static func attention(_ channels: Int) -> [GradientProblem] {
        [
            GradientProblem("selective kernel", channels: channels) {
                let branches = $0.convolution($0.start, size: 3, from: channels, to: 2 * channels)
                let mean = $0.append(BranchMean(), branches)
                let hidden = $0.convolution(mean, size: 1, from: channels, to: 32)
                let numbers = $0.convolution(hidden, size: 1, from: 32, to: 2 * channels)
                return $0.append(BranchAttention(), branches, numbers)
            },
            GradientProblem("squeeze and excitation", channels: channels) {
                let mean = $0.append(GlobalPool(.average), $0.start)
                let hidden = $0.convolution(mean, size: 1, from: channels, to: 4)
                let numbers = $0.convolution(hidden, size: 1, from: 4, to: channels)
                return $0.append(
                    ChannelScale(),
                    $0.start,
                    $0.append(Nonlinearity(.sigmoid), numbers)
                )
            },
        ]
    }

    static func heads(_ channels: Int) -> [GradientProblem] {
        [
            GradientProblem("global mean and dense", channels: channels) {
                let mean = $0.append(GlobalPool(.average), $0.start)
                return $0.append(Dense(inputs: channels, outputs: 11), mean)
            },
            with(
                GradientProblem("rectified dense", channels: channels) {
                    let mean = $0.append(GlobalPool(.average), $0.start)
                    let dense = $0.append(Dense(inputs: channels, outputs: 11), mean)
                    return $0.append(Nonlinearity(.relu), dense)
                }
            ) { $0.hasKinks() },
            with(
                GradientProblem("generalized mean", channels: channels) {
                    $0.append(GlobalPool(.generalizedMean), $0.start)
                }
            ) { $0.hasKinks() },
            GradientProblem("flatten and dense", channels: channels) {
                let flat = $0.append(GlobalPool(.flatten), $0.start)
                return $0.append(Dense(inputs: 72 * channels, outputs: 5), flat)
            },
        ]
    }

    static func with(
        _ problem: GradientProblem,
        _ change: (inout GradientProblem) -> Void
    ) -> GradientProblem {
        var problem = problem
        change(&problem)
        return problem
    }
}
