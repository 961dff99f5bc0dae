import Data
import Testing

/// What CPython's `random.seed(seed); random.shuffle(list(range(count)))` gives.
@Suite("The published shuffling")
struct PublishedShuffleTests {
    @Test(
        "is Python's",
        arguments: [
            (10, 12345, [8, 7, 3, 5, 1, 2, 9, 4, 0, 6]),
            (5, 1, [2, 3, 4, 0, 1]),
            (7, (1 << 40) + 3, [3, 6, 2, 5, 4, 0, 1]),
            (2, 0, [0, 1]),
            (1, 12345, [0]),
            (0, 12345, []),
        ] as [(Int, UInt64, [Int])]
    )
    func order(count: Int, seed: UInt64, expected: [Int]) {
        #expect(PublishedShuffle.order(count, seed: seed) == expected)
    }

    @Test("is Python's where the generator is drawn from anew, too")
    func long() {
        let order = PublishedShuffle.order(5000, seed: 12345)
        #expect(Array(order.prefix(6)) == [35, 3835, 4621, 4342, 1003, 1302])
        #expect(Array(order.suffix(3)) == [2446, 83, 3412])
        #expect(order.sorted() == Array(0..<5000))
    }
}
