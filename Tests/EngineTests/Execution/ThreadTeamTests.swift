import Base
import Dispatch
import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

/// The threads that all parallel work runs on.
@Suite("ThreadTeamTests", .serialized)
final class ThreadTeamTests {
    private let before: Int

    init() {
        SteadyThreads.begin()
        before = ThreadCount.current
    }

    deinit {
        ThreadCount.set(before)
        SteadyThreads.end()
    }

    /// How often each index was called.
    private static func calls(_ count: Int, threads: Int, rounds: Int = 1) -> [Int] {
        ThreadCount.set(threads)
        let calls = Mutex([Int](repeating: 0, count: count))
        for _ in 0..<rounds {
            parallel(count) { index in calls.withLock { $0[index] += 1 } }
        }
        return calls.withLock { $0 }
    }

    @Test("every index is called once, on any number of threads", arguments: [1, 2, 3, 8])
    func coverage(threads: Int) {
        for count in [1, 2, 7, 100] {
            #expect(Self.calls(count, threads: threads) == [Int](repeating: 1, count: count))
        }
    }

    @Test("rounds follow each other without one being lost")
    func rounds() {
        #expect(Self.calls(5, threads: 4, rounds: 3000) == [Int](repeating: 3000, count: 5))
    }

    @Test("parallel work within parallel work runs on the thread that asks for it")
    func nesting() {
        ThreadCount.set(3)
        let isAlone = Mutex([Bool]())
        parallel(6) { _ in
            let outer = pthread_self()
            var inner: [Bool] = []
            parallel(4) { _ in inner.append(pthread_equal(outer, pthread_self()) != 0) }
            isAlone.withLock { [inner] in $0 += inner }
        }
        #expect(isAlone.withLock { $0 } == [Bool](repeating: true, count: 24))
    }

    /// What the system's scheduler says of the calling thread; empty where it says nothing.
    private static func scheduling() -> [String: String] {
        let text = (try? String(contentsOfFile: "/proc/thread-self/sched", encoding: .utf8)) ?? ""
        var facts: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":").map { $0.trimmingCharacters(in: .whitespaces) }
            if parts.count == 2 { facts[parts[0]] = parts[1] }
        }
        return facts
    }

    /// Whether threads may choose their slices: Linux 6.12 and newer.
    private static var hasSlices: Bool {
        let release =
            (try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8)) ?? ""
        let numbers = release.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
        return numbers.count == 2 && (numbers[0], numbers[1]) >= (6, 12)
            && scheduling()["se.slice"] != nil
    }

    @Test("threads of a team ask for short slices, and keep their place", .enabled(if: hasSlices))
    func slices() {
        let before = Self.scheduling()
        ThreadCount.set(3)
        let found = Mutex([[String: String]](repeating: [:], count: 3))
        parallel(3) { index in
            let facts = Self.scheduling()
            found.withLock { $0[index] = facts }
        }
        for facts in found.withLock({ $0 }) {
            #expect(facts["se.slice"] == "100000")
            #expect(facts["prio"] == before["prio"] && facts["policy"] == before["policy"])
        }
    }

    @Test("threads that work at the same time have teams of their own")
    func several() {
        // Nothing is awaited: tests that wait for this one's end hold the threads that would go on with it.
        let found = Mutex([[Int]]())
        let running = DispatchGroup()
        for threads in 1...4 {
            running.enter()
            Thread.detachNewThread {
                let calls = Self.calls(9, threads: threads, rounds: 400)
                found.withLock { $0.append(calls) }
                running.leave()
            }
        }
        running.wait()
        let expected = [Int](repeating: 400, count: 9)
        #expect(found.withLock { $0 } == [[Int]](repeating: expected, count: 4))
    }

    @Test("a thread's place is below the number of threads, and each is taken")
    func places() {
        ThreadCount.set(3)
        let seen = Mutex(Set<Int>())
        for _ in 0..<200 {
            parallel(3) { _ in
                _ = seen.withLock { $0.insert(ThreadCount.place) }
                usleep(100)
            }
        }
        #expect(seen.withLock { $0 } == [0, 1, 2])
    }

    @Test(
        "oneDNN finds these threads, and not those of its own runtime",
        arguments: [
            "GOMP_parallel", "GOMP_barrier", "omp_get_max_threads", "omp_get_num_threads",
            "omp_get_thread_num", "omp_in_parallel",
        ]
    )
    func binding(entry: String) throws {
        let address = unsafe UInt(bitPattern: dlsym(nil, entry))
        let maps = try String(contentsOfFile: "/proc/self/maps", encoding: .utf8)
        let mapping = maps.split(separator: "\n").first { line in
            let ends = line.prefix { $0 != " " }.split(separator: "-").compactMap {
                UInt($0, radix: 16)
            }
            return ends.count == 2 && (ends[0]..<ends[1]).contains(address)
        }
        #expect(try !#require(mapping).contains("libgomp"))
    }

    @Test("all that Debian's oneDNN calls of OpenMP is ours")
    func runtime() {
        #expect(ThreadCount.areOurs)
    }

    @Test(
        "entries of OpenMP that we lack are known by their names",
        arguments: [
            ("GOMP_parallel", false), ("GOMP_barrier", false), ("omp_get_thread_num", false),
            ("GOMP_loop_dynamic_start", true), ("omp_get_wtime", true), ("__kmpc_fork_call", true),
            ("dnnl_sgemm", false), ("GOMP_paralle", true), ("", false),
        ]
    )
    func entries(name: String, isLacking: Bool) {
        #expect(ThreadCount.lacks(name) == isLacking)
    }
}
