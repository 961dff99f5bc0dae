import Foundation
import TestSupport

/// The engine as a process that `Tests/Benchmarks/bench.py` tells when to compute.
@main
struct Benchmarks {
    static let usage = """
        usage: benchmarks network --network NAME [--image-size N] [--batch N] [--threads N] \
        [--math MODE]
               benchmarks graph --graph FILE --image-size N --pictures FILE [--threads N] \
        [--math MODE]
               benchmarks pictures --records FOLDER [--preprocessing NAME] [--threads N]
               benchmarks evaluation --network NAME --records FOLDER [--limit N] [as network]
               benchmarks training|training-profile --network NAME [--math exact|fast|bf16] \
        [--checkpoint-activations] [--image-size N] [--batch N] [--threads N] [--runs N]
               benchmarks profile --network NAME [as network] | --graph FILE [as graph] [--runs N]
               benchmarks corruptions --corruption NAME --pixels FILE [--severity N]
               benchmarks robustness --network NAME --records FOLDER --corruption NAME \
        [--severity N] [--limit N] [--files --scratch FOLDER] [as network]
               benchmarks accuracy [--threads N]

        """

    static func main() {
        do {
            try run(CommandLine.arguments.dropFirst().map { $0 })
        } catch {
            FileHandle.standardError.write(Data("benchmarks: \(error)\n".utf8))
            exit(2)
        }
    }

    private static func run(_ arguments: [String]) throws {
        guard let command = arguments.first else { throw WorkerOptions.Mistake(text: usage) }
        let options = try WorkerOptions(arguments.dropFirst())
        switch command {
        case "network": try WorkerLoop(NetworkWorker(options)).run()
        case "graph": try WorkerLoop(GraphWorker(options)).run()
        case "pictures": try WorkerLoop(PicturesWorker(options)).run()
        case "evaluation": try WorkerLoop(EvaluationWorker(options)).run()
        case "corruptions": try WorkerLoop(CorruptionWorker(options)).run()
        case "robustness": try WorkerLoop(RobustnessWorker(options)).run()
        case "training": try WorkerLoop(TrainingWorker(options)).run()
        case "training-profile":
            let runs = try options.count("runs", default: 5)
            try TrainingWorker(options).printProfile(runs: runs)
        case "accuracy": try AccuracyTable(options).run()
        case "profile": try Profile(options).run()
        default: throw WorkerOptions.Mistake(text: usage)
        }
    }
}
