import Pictures
import Testing
import TestSupport

/// Numbers that NumPy gives after `seed(seed)`, each kind from the seed on.
private struct RandomGolden: Decodable {
    let seed: UInt32
    let uint32: [UInt32]
    let random: [Double]
    let normal: [Double]
    let afterOdd: [[Double]]
    let uniform: [Double]
    let five, six, many: [Int]
    let means: [Double]
    let poisson: [Int]
    let choice: [Bool]

    enum CodingKeys: String, CodingKey {
        case seed, uint32, random, normal, poisson
        case afterOdd = "normal_after_odd"
        case uniform = "uniform_-45_45"
        case five = "randint_0_5"
        case six = "randint_-3_3"
        case many = "randint_0_301"
        case means = "poisson_lambda"
        case choice = "choice_p0.09"
    }
}

@Suite struct NumPyRandomTests {
    private static func goldens() throws -> [RandomGolden] {
        try Fixture.json("corruptions/rng.json", as: [RandomGolden].self)
    }

    @Test("numbers are NumPy's")
    func numbers() throws {
        let goldens = try Self.goldens()
        #expect(goldens.count == 4)
        for golden in goldens {
            func fresh() -> NumPyRandom { NumPyRandom(seed: golden.seed) }
            var random = fresh()
            #expect(golden.uint32.map { _ in random.word() } == golden.uint32)
            random = fresh()
            #expect(random.uniforms(golden.random.count) == golden.random)
            random = fresh()
            #expect(random.normals(golden.normal.count) == golden.normal)
            #expect(random.hasSpare)
            random = fresh()
            #expect(golden.normal.map { _ in random.normals(1)[0] } == golden.normal)
            random = fresh()
            #expect(golden.uniform.map { _ in random.uniform(-45, 45) } == golden.uniform)
            random = fresh()
            #expect(golden.five.map { _ in random.integer(in: 0..<5) } == golden.five)
            random = fresh()
            #expect(golden.six.map { _ in random.integer(in: -3..<3) } == golden.six)
            random = fresh()
            #expect(golden.many.map { _ in random.integer(in: 0..<301) } == golden.many)
            random = fresh()
            #expect(golden.choice.map { _ in random.choice(0.09) } == golden.choice)
            random = fresh()
            let means = (0..<golden.poisson.count).map { golden.means[$0 % golden.means.count] }
            #expect(means.map { random.poisson($0) } == golden.poisson)
        }
    }

    @Test("the second of a pair of normal numbers waits while others are drawn")
    func spare() throws {
        for golden in try Self.goldens() {
            var random = NumPyRandom(seed: golden.seed)
            #expect(random.normals(golden.afterOdd[0].count) == golden.afterOdd[0])
            #expect(random.uniforms(golden.afterOdd[1].count) == golden.afterOdd[1])
            #expect(random.normals(golden.afterOdd[2].count) == golden.afterOdd[2])
        }
    }

    @Test("many numbers at once are those that come one by one, wherever a block ends")
    func blocks() {
        for skipped in [0, 1, 622, 623] {
            var (many, single) = (NumPyRandom(seed: 9), NumPyRandom(seed: 9))
            for _ in 0..<skipped { #expect(many.word() == single.word()) }
            #expect(many.uniforms(2000) == (0..<2000).map { _ in single.uniform() })
            #expect(many.normals(3001) == (0..<3001).map { _ in single.normals(1)[0] })
            #expect(many.word() == single.word())
        }
    }

    @Test("a range of one takes no number")
    func one() {
        var (random, other) = (NumPyRandom(seed: 2), NumPyRandom(seed: 2))
        #expect(random.integer(in: 7..<8) == 7)
        #expect(random.poisson(0) == 0)
        #expect(random.word() == other.word())
    }

    @Test("shuffles are NumPy's")
    func shuffle() {
        var random = NumPyRandom(seed: 0)
        var values = Array(0..<12)
        random.shuffle(&values)
        #expect(values == [6, 11, 4, 10, 2, 8, 1, 7, 9, 3, 0, 5])
        #expect(random.integer(in: 0..<1000) == 600)
        random = NumPyRandom(seed: 12345)
        values = Array(0..<12)
        random.shuffle(&values)
        #expect(values == [8, 0, 3, 7, 11, 10, 6, 9, 4, 1, 5, 2])
        #expect(random.integer(in: 0..<1000) == 369)
    }
}
