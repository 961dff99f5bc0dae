import Foundation
import Testing
import ToolSupport

@Suite("A wish to stop", .serialized)
struct InterruptionTests {
    @Test("is known once a signal has come, and a second signal is not kept")
    func signal() throws {
        Interruption.install()
        defer { for number in [SIGINT, SIGTERM] { _ = Foundation.signal(number, SIG_DFL) } }
        #expect(!Interruption.isRequested)
        kill(getpid(), SIGTERM)
        let end = ContinuousClock.now + .seconds(10)
        while !Interruption.isRequested, ContinuousClock.now < end { usleep(1000) }
        #expect(Interruption.isRequested)
        var action = sigaction()
        unsafe sigaction(SIGTERM, nil, &action)
        #expect(unsafe action.__sigaction_handler.sa_handler == nil)
        Interruption.install()
        #expect(!Interruption.isRequested)
    }
}
