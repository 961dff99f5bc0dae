import Data
import Testing

@Suite("The pictures of record files")
struct RecordShardsTests {
    @Test("are divided as NumPy's linspace divides them, over the groups and then over their files")
    func division() {
        // np.linspace(0, 203, 9).astype(int), then np.linspace(a, b, 3).astype(int) of each.
        let starts = [0, 12, 25, 37, 50, 63, 76, 88, 101, 113, 126, 139, 152, 164, 177, 190]
        let shards = RecordShards("train", pictures: 203, count: 16, groups: 8)
        #expect((0..<16).map { shards.pictures(of: $0).lowerBound } == starts)
        #expect(shards.pictures(of: 15).upperBound == 203)
    }

    @Test(
        "are each in one file",
        arguments: [(1, 16, 8), (0, 8, 8), (1000, 128, 16), (17, 5, 8), (129, 128, 8)]
    )
    func covering(pictures: Int, count: Int, groups: Int) {
        let shards = RecordShards("train", pictures: pictures, count: count, groups: groups)
        #expect((0..<count).flatMap { Array(shards.pictures(of: $0)) } == Array(0..<pictures))
    }

    @Test("are in files that count from 0 with five digits")
    func names() {
        let shards = RecordShards("validation", pictures: 1, count: 128, groups: 8)
        #expect(shards.fileName(7) == "validation-00007-of-00128")
    }
}
