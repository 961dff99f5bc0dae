import Engine
import TestSupport
import Testing

@Suite("Ranks that hand each other bytes")
struct CommunicatorTests {
    @Test("one process gathers and broadcasts its own")
    func alone() {
        let ranks = Alone()
        #expect(ranks.gather([1, 2]) == [[1, 2]])
        #expect(ranks.gatherEverywhere([]) == [[]])
        #expect(ranks.broadcast([3]) == [3])
        ranks.barrier()
        #expect(ranks.isFirst && ranks.count == 1)
    }

    @Test("bytes of any length come in the order of the ranks", arguments: [1, 2, 3, 5])
    func gathered(count: Int) throws {
        // Rank r has r bytes r, so that the first has none.
        let sent = (0..<count).map { [UInt8](repeating: UInt8($0), count: $0 * 100) }
        let everywhere = try Together.run(count) {
            $0.gatherEverywhere([UInt8](repeating: UInt8($0.rank), count: $0.rank * 100))
        }
        #expect(everywhere.allSatisfy { $0 == sent })
        let first = try Together.run(count) {
            $0.gather([UInt8](repeating: UInt8($0.rank), count: $0.rank * 100))
        }
        #expect(first[0] == sent)
        #expect(first.dropFirst().allSatisfy { $0.isEmpty })
    }

    @Test("any rank can broadcast, and barriers hold", arguments: [2, 4])
    func broadcast(count: Int) throws {
        let found = try Together.run(count) { ranks in
            (0..<count).map { root in
                ranks.barrier()
                return ranks.broadcast(ranks.rank == root ? [UInt8(root), 7] : [], from: root)
            }
        }
        let expected = (0..<count).map { [UInt8($0), 7] }
        #expect(found.allSatisfy { $0 == expected })
    }
}
