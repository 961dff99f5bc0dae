import Foundation
import Testing
import ToolSupport

@Suite("A wish to stop", .serialized)
struct InterruptionTests {
    @Test("is known once a signal has come, and the next at once is taken for the same")
    func signal() throws {
        Interruption.install()
        defer { for number in [SIGINT, SIGTERM] { _ = Foundation.signal(number, SIG_DFL) } }
        #expect(!Interruption.isRequested)
        kill(getpid(), SIGTERM)
        let end = ContinuousClock.now + .seconds(10)
        while !Interruption.isRequested, ContinuousClock.now < end { usleep(1000) }
        #expect(Interruption.isRequested)
        kill(getpid(), SIGTERM)
        usleep(1000)
        #expect(Interruption.isRequested)
        Interruption.install()
        #expect(!Interruption.isRequested)
    }
}
