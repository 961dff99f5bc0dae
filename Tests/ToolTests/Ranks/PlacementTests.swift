import Testing
import ToolSupport

@Suite("Where ranks run")
struct PlacementTests {
    private func place(_ host: String, _ cores: [Int], _ threads: Int, online: Int = 8)
        -> Placement.Place
    {
        Placement.Place(host: host, cores: cores, online: online, threads: threads)
    }

    @Test("is told in a line")
    func summary() {
        let four = Placement(
            [
                place("a", [0, 1], 2), place("a", [2, 3], 2), place("b", [0], 1),
                place("b", [1], 1),
            ],
            library: "MPI"
        )
        #expect(four.summary == "4 ranks on 2 hosts (a: 2, b: 2), 1 to 2 threads each, by MPI")
        let two = Placement([place("a", [0], 1), place("a", [1], 1)], library: "MPI")
        #expect(two.summary == "2 ranks on one host (a), 1 thread each, by MPI")
    }

    @Test("threads that share cores, and cores that idle, are doubted")
    func doubts() {
        let shared = Placement([place("a", [0, 1], 2), place("a", [0, 1], 2)], library: "MPI")
        #expect(shared.doubts.count == 1)
        #expect(
            shared.doubts[0].hasPrefix("ranks share cores: 4 threads of 2 ranks on 2 of 8 cores")
        )
        let idle = Placement([place("a", [0], 1), place("a", [1], 1)], library: "MPI")
        #expect(idle.doubts.count == 1)
        #expect(idle.doubts[0].hasPrefix("2 threads of 2 ranks leave 6 of the 8 cores of a idle"))
        let one = Placement([place("a", [0], 1)], library: "MPI")
        #expect(one.summary == "1 rank on one host (a), 1 thread each, by MPI")
        #expect(one.doubts[0].hasPrefix("1 thread of 1 rank leaves 7 of the 8 cores of a idle"))
        let crowded = Placement([place("a", [0], 2)], library: "MPI")
        #expect(crowded.doubts[0].hasPrefix("threads share cores: 2 threads of 1 rank on 1 of 8"))
        let half = Placement([place("a", [0, 1, 2, 3], 4)], library: "MPI")
        #expect(half.doubts[0].hasPrefix("4 threads of 1 rank leave 4 of the 8 cores of a idle"))
        let full = Placement(
            [place("a", [0, 1, 2, 3], 4), place("a", [4, 5, 6, 7], 4)],
            library: "MPI"
        )
        #expect(full.doubts.isEmpty)
    }

    @Test("cores are read as the kernel lists them")
    func cores() {
        #expect(Placement.cores("Name:\tx\nCpus_allowed_list:\t0-2,5\n") == [0, 1, 2, 5])
        #expect(Placement.cores("Cpus_allowed_list:\t7\n") == [7])
        #expect(Placement.cores("") == [])
        #expect(Placement.cores("Cpus_allowed_list:\t9-1,x\n") == [])
    }
}
