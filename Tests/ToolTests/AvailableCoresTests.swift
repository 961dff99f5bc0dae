import Testing
import ToolSupport

@Suite("The cores that may be used")
struct AvailableCoresTests {
    @Test("are at least one")
    func count() {
        #expect(AvailableCores.count >= 1)
    }

    @Test(
        "are those of the affinity mask",
        arguments: [
            ("Name:\tx\nCpus_allowed:\t3\nCpus_allowed_list:\t0-1\n", 2),
            ("Cpus_allowed:\tff,ffffffff\n", 40), ("Cpus_allowed:\t80000000,00000000\n", 1),
            ("Cpus_allowed:\t0\n", nil), ("Name:\tx\n", nil), ("", nil),
        ]
    )
    func mask(status: String, count: Int?) {
        #expect(AvailableCores.boundCores(status) == count)
    }

    @Test(
        "are no more than the control group grants",
        arguments: [
            ("max 100000\n", nil), ("200000 100000\n", 2), ("150000 100000\n", 2),
            ("1000 100000", 1), ("0 100000", nil), ("1 0", nil), ("x", nil), ("", nil),
            ("1e300 1", nil), ("-1 100", nil),
        ]
    )
    func granted(text: String, count: Int?) {
        #expect(AvailableCores.grantedCores(text) == count)
    }
}
