internal import Base
internal import CKernels
internal import Foundation

/// What the machine can do at most, measured: the roof that no layer gets above.
public struct MachineLimits: Sendable {
    /// What holds work back.
    public enum Bound: String, Sendable {
        /// Float32's multiplications and additions.
        case arithmetic
        /// Bytes to and from memory.
        case memory
    }

    /// Thousand millions of float32's multiplications and additions a second, in registers.
    public let gigaflops: Double
    /// Thousand millions of bytes a second that a copy reads and writes, behind all caches.
    public let gigabytes: Double
    /// The threads that this holds for.
    public let threads: Int
    /// The instructions that multiply.
    public let instructions: String

    /// Limits as they are given.
    package init(gigaflops: Double, gigabytes: Double, threads: Int, instructions: String) {
        self.gigaflops = gigaflops
        self.gigabytes = gigabytes
        self.threads = threads
        self.instructions = instructions
    }

    /// Measures them on the threads that parallel work of the calling thread uses, which takes some tenths of a second.
    ///
    /// Of several runs the fastest counts: other work on the machine is no limit of its own.
    ///
    /// - Throws: ``EngineError/memory(needed:available:)``.
    public static func measured() throws(EngineError) -> MachineLimits {
        let threads = ThreadCount.current
        return MachineLimits(
            gigaflops: multiplyAdds(threads),
            gigabytes: try copies(threads),
            threads: threads,
            instructions: unsafe String(cString: limit_instructions())
        )
    }

    private static let runs = 7
    private static let rounds = 1_000_000
    /// Larger than caches, for all threads together.
    private static let copiedByteCount = 128 << 20

    private static func multiplyAdds(_ threads: Int) -> Double {
        let results = Storage(byteCount: threads * 64)
        let perRound = Double(unsafe limit_multiply_adds(1, results.floats.baseAddress))
        return fastest {
            let floats = unsafe results.floats.baseAddress
            parallel(threads) { thread in
                guard let place = unsafe floats.map({ unsafe $0 + thread * 16 }) else { return }
                _ = unsafe limit_multiply_adds(rounds, place)
            }
            return Double(threads) * Double(rounds) * perRound / 1e9
        }
    }

    private static func copies(_ threads: Int) throws(EngineError) -> Double {
        try SystemMemory.require(2 * copiedByteCount)
        let source = Storage(byteCount: copiedByteCount)
        let target = Storage(byteCount: copiedByteCount)
        return fastest {
            let (from, to) = unsafe (source.bytes, target.bytes)
            parallel(threads) { thread in
                let start = copiedByteCount * thread / threads
                let count = copiedByteCount * (thread + 1) / threads - start
                unsafe memcpy(to + start, from + start, count)
            }
            return 2 * Double(copiedByteCount) / 1e9
        }
    }

    /// The highest speed of some runs, each of which tells what it did.
    private static func fastest(_ body: () -> Double) -> Double {
        let clock = ContinuousClock()
        var best = 0.0
        for _ in 0..<runs {
            let start = clock.now
            let done = body()
            best = max(best, done / ((clock.now - start) / .seconds(1)))
        }
        return best
    }

    /// The least seconds in which the machine could do a step's arithmetic, or move its bytes, and which takes longer.
    ///
    /// Bytes count as if nothing were found in a cache, so that what is can be above the limit.
    public func floor(of step: StepMeasurement) -> (seconds: Double, bound: Bound) {
        let arithmetic = Double(step.arithmetic) / gigaflops / 1e9
        let memory = Double(step.byteCount) / gigabytes / 1e9
        return arithmetic > memory ? (arithmetic, .arithmetic) : (memory, .memory)
    }
}
