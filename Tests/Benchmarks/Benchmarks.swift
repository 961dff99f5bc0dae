import Convert
import Engine
import Foundation
import TestSupport

/// Times whole networks with the golden data's weights and prints one line of JSON for each workload.
///
/// Usage: `benchmarks NETWORK IMAGE-SIZE BATCH THREADS RUNS`.
@main
struct Benchmarks {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst().map { $0 }
        guard arguments.count == 6, let size = Int(arguments[1]), let batch = Int(arguments[2]),
            let threads = Int(arguments[3]), let runs = Int(arguments[4]),
            let published = PublishedModel(rawValue: arguments[0])
        else {
            print("usage: benchmarks NETWORK IMAGE-SIZE BATCH THREADS RUNS")
            exit(2)
        }
        ThreadCount.set(threads)
        let graph = try Graph(published.configuration, imageSize: size)
        var weights = Weights()
        for parameter in graph.parameters {
            let values: [Float] =
                switch parameter.key.role {
                case .kernel:
                    Uniform.fill("kernel", shape: parameter.shape)
                default: [Float](repeating: 1, count: parameter.count)
                }
            weights[parameter.key] = WeightTensor(shape: parameter.shape, values: values)
        }
        let begin = ContinuousClock.now
        let executor = try Executor(graph, weights: weights, batch: batch, options: ExecutionOptions(math: MathMode(rawValue: arguments[5])!))
        let clock = ContinuousClock()
        print("init", clock.now - begin)
        var seconds: [Double] = []
        for run in 0...runs {
            unsafe executor.withInput { input in
                for index in input.indices { unsafe input[index] = Float(index % 255) - 118 }
            }
            let time = try clock.measure { try executor.run() }
            if run > 0 { seconds.append(time / .seconds(1)) }
        }
        seconds.sort()
        let median = seconds[seconds.count / 2]
        print(
            "\(arguments[0]) @\(size) batch \(batch) threads \(threads): "
                + "\(Double(batch) / median) img/s, memory \(executor.activationByteCount >> 20) MiB")
        if ProcessInfo.processInfo.environment["STEPS"] != nil {
            var rows: [String: (Double, Int)] = [:]
            for step in try executor.runMeasured() {
                print(step.node, step.kind, step.implementation, step.seconds * 1e3, step.gigaflops)
                rows[step.kind + " " + step.implementation, default: (0, 0)].0 += step.seconds * 1e3
                rows[step.kind + " " + step.implementation, default: (0, 0)].1 += 1
            }
            for (k, v) in rows.sorted(by: { $0.value.0 > $1.value.0 }) { print(k, v) }
        }
    }
}
