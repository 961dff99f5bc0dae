import Engine
import Testing

@Suite struct SystemMemoryTests {
    @Test("reads what the system says is available, swap included")
    func parsing() {
        let text = """
            MemTotal:       24683104 kB
            MemFree:        18869800 kB
            MemAvailable:   23398300 kB
            SwapTotal:       1000000 kB
            SwapFree:         500000 kB

            """
        #expect(SystemMemory.available(in: text) == (23_398_300 + 500_000) * 1024)
        #expect(SystemMemory.available(in: "MemAvailable: 7 kB\n") == 7168)
        #expect(SystemMemory.available(in: "MemFree: 7 kB\n") == nil)
        #expect(SystemMemory.available(in: "MemAvailable:\n") == nil)
        #expect(SystemMemory.available(in: "") == nil)
    }

    @Test("asks for no more than there is")
    func requiring() throws {
        try SystemMemory.require(1 << 20)
        #expect(throws: EngineError.self) { try SystemMemory.require(1 << 60) }
        #expect(
            EngineError.memory(needed: 86_748_205_056, available: 22_900_000_000).description
                == "86.7 GB of memory are needed, 22.9 GB are free: use a smaller batch, smaller pictures "
                + "or a smaller network"
        )
    }
}
