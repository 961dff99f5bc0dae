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
    private static func reference(_ parts: Int, count: Int, _ type: SumType) -> [UInt32] {
        var sum = [Float](repeating: 0, count: count)
        for part in 0..<parts {
            for (index, value) in Self.part(part, count: count).enumerated() {
                sum[index] += rounded(value, type)
            }
        }
        return sum.map { rounded($0, type).bitPattern }
    }

    /// As a type rounds, to the nearest with ties to even.
    private static func rounded(_ value: Float, _ type: SumType) -> Float {
        guard type == .bfloat16 else { return value }
        let bits = value.bitPattern
        return Float(bitPattern: (bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF_0000)
    }

    @Test(
        "are those of one process to the bit, for any number of ranks, rounds, buckets and slices",
        arguments: [(1, 2), (2, 1), (2, 3), (3, 1), (4, 2), (7, 1)],
        [1, 5, 16, 1000, 4099]
    )
    func equality(shape: (ranks: Int, rounds: Int), count: Int) throws {
        for (slice, type) in [
            (16, SumType.float32), (64, .float32), (1 << 18, .float32), (16, .bfloat16),
            (1 << 18, .bfloat16),
        ] {
            for buckets in [[count], [count / 3, count - count / 3]] {
                let found = try Together.run(shape.ranks) { ranks in
                    let sum = OrderedSum(buckets: buckets, ranks, type: type, slice: slice)
                    func add(_ part: Int, begins: Bool, ends: Bool) {
                        _ = unsafe sum.values.floats.update(
                            fromContentsOf: Self.part(part, count: count)
                        )
                        for bucket in buckets.indices {
                            sum.add(bucket, begins: begins, ends: ends, isParallel: bucket == 0)
                        }
                    }
                    // What was begun and given up leaves no trace.
                    add(99, begins: true, ends: false)
                    for round in 0..<shape.rounds {
                        add(
                            round * shape.ranks + ranks.rank,
                            begins: round == 0,
                            ends: round == shape.rounds - 1
                        )
                    }
                    return unsafe sum.values.floats.map(\.bitPattern)
                }
                let expected = Self.reference(shape.ranks * shape.rounds, count: count, type)
                #expect(
                    found.allSatisfy { $0 == expected },
                    "slices of \(slice), \(type), \(buckets)"
                )
            }
        }
    }

    @Test("in bfloat16 what is no number stays so, and sums are near those in float32")
    func rounding() throws {
        let found = try Together.run(2) { ranks in
            let sum = OrderedSum(buckets: [1003], ranks, type: .bfloat16)
            var part = Self.part(ranks.rank, count: 1003)
            if ranks.rank == 1 { (part[3], part[700], part[701]) = (.nan, .infinity, -.infinity) }
            _ = unsafe sum.values.floats.update(fromContentsOf: part)
            sum.add(0, begins: true, ends: true)
            return unsafe Array(sum.values.floats)
        }
        let (first, second) = (Self.part(0, count: 1003), Self.part(1, count: 1003))
        for values in found {
            #expect(values[3].isNaN && values[700] == .infinity && values[701] == -.infinity)
            for index in 0..<1003 where ![3, 700, 701].contains(index) {
                let exact = first[index] + second[index]
                // Half a unit of eight bits for each of the parts, and of the sum.
                let bound = (abs(first[index]) + abs(second[index]) + abs(exact)) / 256
                #expect(abs(values[index] - exact) <= bound * 1.01)
            }
        }
    }
}
