import Engine
import TestSupport
import Testing

/// Learning rates against the published implementation's.
@Suite struct LearningRateTests {
    struct Golden: Decodable, Sendable {
        struct Configuration: Decodable, Sendable {
            let batch_size: Int
            let num_images: Int
            let base_lr: Float
            let warmup_epochs: Int
            let train_epochs: Int
            let num_epochs_per_decay: Double
            let learning_rate_decay_factor: Float
            let end_learning_rate: Float
            let piecewise_lr_boundary_epochs: [Int]
            let piecewise_lr_decay_rates: [Float]
            let learning_rate_decay_type: String
        }

        let config: Configuration
        let values: [[Double]]

        var schedule: LearningRate {
            let decay: LearningRate.Decay =
                switch config.learning_rate_decay_type {
                case "cosine": .cosine
                case "exponential":
                    .exponential(
                        factor: config.learning_rate_decay_factor,
                        epochs: config.num_epochs_per_decay
                    )
                case "polynomial":
                    .polynomial(
                        end: config.end_learning_rate,
                        epochs: config.num_epochs_per_decay
                    )
                case "piecewise":
                    .piecewise(
                        boundaries: config.piecewise_lr_boundary_epochs,
                        factors: config.piecewise_lr_decay_rates
                    )
                default: .fixed
                }
            return LearningRate(
                base: config.base_lr,
                decay: decay,
                warmupEpochs: config.warmup_epochs,
                length: TrainingLength(
                    images: config.num_images,
                    batch: config.batch_size,
                    epochs: config.train_epochs
                )
            )
        }
    }

    @Test("every schedule has the reference's rate at every step")
    func golden() throws {
        let cases = try Fixture.json("misc/schedules.json", as: [Golden].self)
        #expect(
            Set(cases.map(\.config.learning_rate_decay_type))
                == ["cosine", "exponential", "polynomial", "piecewise", "fixed"]
        )
        for golden in cases {
            let schedule = golden.schedule
            for pair in golden.values {
                let rate = Double(schedule.rate(at: Int(pair[0])))
                #expect(
                    abs(rate - pair[1]) <= 1e-5 * abs(pair[1]),
                    "\(golden.config.learning_rate_decay_type) at \(pair[0])"
                )
            }
        }
    }

    @Test("the keep probability falls from its start to its end over all steps")
    func keepProbability() {
        let schedule = KeepProbability(
            start: 1,
            end: 0.9,
            length: TrainingLength(images: 100, batch: 16, epochs: 4)
        )
        #expect(schedule.length.steps == 25)
        #expect(schedule.value(at: 0) == 1)
        #expect(abs(schedule.value(at: 5) - 0.98) <= 1e-6)
        #expect(schedule.value(at: 25) == 0.9)
        #expect(schedule.value(at: 1000) == 0.9)
    }
}
