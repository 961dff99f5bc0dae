import Base
import Engine
import TestSupport
import Testing

@Suite("Sums in the order of the ranks")
struct OrderedSumTests {
    /// Numbers whose sum depends on the order; some of them are zeros of either sign.
    private static func part(_ index: Int, count: Int) -> [Float] {
        var random = RandomNumbers(seed: UInt64(index))
        return (0..<count).map { place in
            let number = Float(random.normal() * 1000)
            return place % 7 == 0 ? (index % 2 == 0 ? -0.0 : 0.0) : number
        }
    }

    /// As one process adds the parts up: to zeros, one after the other.
    private static func reference(_ parts: Int, count: Int) -> [UInt32] {
        var sum = [Float](repeating: 0, count: count)
        for part in 0..<parts {
            for (index, value) in Self.part(part, count: count).enumerated() { sum[index] += value }
        }
        return sum.map(\.bitPattern)
    }

    @Test(
        "are those of one process to the bit, for any number of ranks, rounds, numbers and slices",
        arguments: [(1, 2), (2, 1), (2, 3), (3, 1), (4, 2), (7, 1)],
        [1, 5, 16, 1000, 4099]
    )
    func equality(shape: (ranks: Int, rounds: Int), count: Int) throws {
        for slice in [16, 64, 1 << 18] {
            let found = try Together.run(shape.ranks) { ranks in
                let sum = OrderedSum(count: count, ranks, slice: slice)
                // What was begun and given up leaves no trace.
                _ = unsafe sum.values.floats.update(fromContentsOf: Self.part(99, count: count))
                sum.add()
                sum.clear()
                for round in 0..<shape.rounds {
                    let part = Self.part(round * shape.ranks + ranks.rank, count: count)
                    _ = unsafe sum.values.floats.update(fromContentsOf: part)
                    sum.add()
                }
                sum.finish()
                return unsafe sum.values.floats.map(\.bitPattern)
            }
            let expected = Self.reference(shape.ranks * shape.rounds, count: count)
            #expect(found.allSatisfy { $0 == expected }, "slices of \(slice)")
        }
    }
}
