public import Engine

/// Where the time goes and how far that is from what the machine can do, as tables.
public struct ProfileText {
    private let limits: MachineLimits

    /// Tables that stand beside what a machine can do.
    public init(_ limits: MachineLimits) {
        self.limits = limits
    }

    /// Tables beside what this machine can do, measured now.
    ///
    /// - Throws: ``ToolError``.
    public init() throws {
        limits = try ToolError.about(nil) { try MachineLimits.measured() }
    }

    /// The tables of what the steps of a plan took.
    public func text(_ steps: [StepMeasurement]) -> String {
        var table = Table(
            [.left, .left, .left, .right, .right, .right, .left, .right],
            titles: [
                "layer", "kind", "implementation", "ms", "GFLOP/s", "GB/s", "limit", "of it",
            ]
        )
        for step in steps {
            let floor = limits.floor(of: step)
            table.append(
                [step.node, step.kind, step.implementation, fixed(step.seconds * 1e3, digits: 3)]
                    + [fixed(step.gigaflops, digits: 1), fixed(step.gigabytes, digits: 1)]
                    + limited(floor.seconds, floor.bound, in: step.seconds)
            )
        }
        return limitsText + "\n" + table.text + "\n" + sumsText(steps)
    }

    private var limitsText: String {
        let threads = limits.threads == 1 ? "1 thread" : "\(limits.threads) threads"
        let arithmetic = fixed(limits.gigaflops, digits: 1)
        let memory = fixed(limits.gigabytes, digits: 1)
        return "limits of \(threads), measured: \(arithmetic) GFLOP/s (arithmetic: float32 "
            + "multiply-adds in registers, \(limits.instructions)), \(memory) GB/s "
            + "(memory: a copy, what it reads and what it writes)\n"
    }

    /// The limit's name and the share of it that was reached.
    private func limited(
        _ floor: Double,
        _ bound: MachineLimits.Bound,
        in seconds: Double
    ) -> [String] {
        floor > 0 && seconds > 0
            ? [bound.rawValue, fixed(100 * floor / seconds, digits: 0) + " %"] : ["", ""]
    }

    private struct Sum {
        var seconds = 0.0
        var (operations, bytes) = (0.0, 0.0)
        var count = 0
        /// The least seconds that each limit asks for, of the steps that it holds back.
        var floors: [MachineLimits.Bound: Double] = [:]

        mutating func add(_ step: StepMeasurement, _ limits: MachineLimits) {
            seconds += step.seconds
            operations += Double(step.operations)
            bytes += Double(step.byteCount)
            count += 1
            let floor = limits.floor(of: step)
            floors[floor.bound, default: 0] += floor.seconds
        }
    }

    private func sumsText(_ steps: [StepMeasurement]) -> String {
        var kinds: [String: Sum] = [:]
        var all = Sum()
        for step in steps {
            kinds["\(step.kind), \(step.implementation)", default: Sum()].add(step, limits)
            all.add(step, limits)
        }
        var table = Table(
            [.left, .right, .right, .right, .right, .right, .left, .right],
            titles: ["work", "steps", "ms", "of all", "GFLOP/s", "GB/s", "limit", "of it"]
        )
        func append(_ name: String, _ sum: Sum) {
            let seconds = max(sum.seconds, 1e-12)
            let arithmetic = sum.floors[.arithmetic, default: 0]
            let memory = sum.floors[.memory, default: 0]
            table.append(
                [name, "\(sum.count)", fixed(sum.seconds * 1e3, digits: 3)]
                    + [fixed(100 * sum.seconds / max(all.seconds, 1e-12), digits: 1) + " %"]
                    + [fixed(sum.operations / seconds / 1e9, digits: 1)]
                    + [fixed(sum.bytes / seconds / 1e9, digits: 1)]
                    + limited(
                        arithmetic + memory,
                        arithmetic > memory ? .arithmetic : .memory,
                        in: sum.seconds
                    )
            )
        }
        let sorted = kinds.sorted { ($0.value.seconds, $0.key) < ($1.value.seconds, $1.key) }
        for (kind, sum) in sorted {
            append(kind, sum)
        }
        append("all", all)
        return table.text
    }
}
