import Engine
import Networks
import Testing

@Suite
struct EvaluationScheduleTests {
    @Test("the last cycle is shorter; cycles that end behind the share are cut into epochs")
    func epochs() {
        func epochs(_ total: Int, _ interval: Int, _ share: Double) -> [Int] {
            EvaluationSchedule.epochs(total: total, interval: interval, fineFrom: share)
        }
        #expect(epochs(5, 2, 1) == [2, 4, 5])
        #expect(epochs(30, 10, 1) == [10, 20, 30])
        // The published Food-101 command: every ten epochs up to 90, then every one.
        #expect(
            epochs(100, 10, 0.9) == Array(stride(from: 10, through: 90, by: 10)) + Array(91...100)
        )
        #expect(epochs(6, 4, 0.9) == [4, 5, 6])
        #expect(epochs(0, 3, 1) == [])
    }

    @Test("a parameter's depth is its group's number")
    func depths() throws {
        var model = ModelConfiguration()
        model.version = 2
        model.width = 4
        let graph = try Graph(model, imageSize: 64)
        let depths = graph.depths
        #expect(graph.largestDepth == 5)
        #expect(Set(depths.values) == [0, 1, 2, 3, 4, 5])
        #expect(
            depths.filter { $0.value == 5 }.map(\.key.role.rawValue).sorted() == ["bias", "kernel"]
        )
    }
}
