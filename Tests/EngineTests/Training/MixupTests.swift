import Engine
import Testing

@Suite struct MixupTests {
    private let targets: Targets = {
        var settings = LossSettings()
        settings.distillationTemperature = 1
        return Targets(
            labels: [0, 1, 2, 3],
            teacherLogits: (0..<16).map { Float($0 % 5) },
            classes: 4,
            settings: settings
        )
    }()

    @Test("halves are mixed with each other, the first half having the weight")
    func halves() {
        let recipe = Mixup.halves.recipe(drawn: 4, MixupWeights(first: [0.25, 1]))
        #expect(recipe.map(\.first) == [0, 1])
        #expect(recipe.map(\.second) == [2, 3])
        let mixed = Mixup.halves.mix(targets, recipe, mixesLabelsIntoTeacher: true)
        #expect(mixed.labels == [0.25, 0, 0.75, 0, 0, 1, 0, 0])
        #expect(
            mixed.teacher.map { Array($0.suffix(4)) } == targets.teacher.map { Array($0[4..<8]) }
        )
        #expect(Mixup.halves.drawnCount(for: 16) == 32)
    }

    @Test("the second half of the second kind mixes the first half with the reversed second")
    func twice() throws {
        let weights = MixupWeights(first: [0.5, 0.5], second: [0.25, 0.75])
        let recipe = Mixup.twice.recipe(drawn: 4, weights)
        #expect(recipe.map(\.first) == [0, 1, 0, 1])
        #expect(recipe.map(\.second) == [2, 3, 3, 2])
        let mixed = Mixup.twice.mix(targets, recipe, mixesLabelsIntoTeacher: false)
        #expect(Array(mixed.labels.suffix(8)) == [0.25, 0, 0, 0.75, 0, 0.75, 0.25, 0])
        let teacher = try #require(targets.teacher)
        #expect(mixed.teacher?[8] == 0.25 * teacher[0] + 0.75 * teacher[12])
        #expect(Mixup.twice.drawnCount(for: 16) == 16)
    }

    @Test("as published, the second kind mixes labels into the teacher's second half")
    func published() throws {
        let weights = MixupWeights(first: [0.5, 0.5], second: [0.25, 0.75])
        let recipe = Mixup.twice.recipe(drawn: 4, weights)
        let mixed = Mixup.twice.mix(targets, recipe, mixesLabelsIntoTeacher: true)
        let teacher = try #require(targets.teacher)
        #expect(mixed.teacher?[8] == 0.25 + 0.75 * teacher[12])
        #expect(mixed.teacher?[0] == 0.5 * teacher[0] + 0.5 * teacher[8])
    }
}
