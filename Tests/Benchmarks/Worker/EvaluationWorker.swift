import Convert
import Data
import Engine
import Networks
import Pictures
import TestSupport

/// An evaluation: records in, logits out, with all that lies between.
final class EvaluationWorker: Work {
    private let files: [String]
    private let limit: Int
    private let evaluator: Evaluator
    private(set) var result: [Float] = []

    init(_ options: WorkerOptions) throws {
        let network = try NetworkWorker(options)
        let folder = try options.text("records")
        files = PictureRecords.files(in: folder, matching: "validation-*")
        limit = try options.count("limit", default: 128)
        let model: PublishedModel = try options.choice("network")
        evaluator = Evaluator(
            network.executor,
            classes: model.configuration.classes,
            preprocessing: try Preprocessing(name: model.preprocessing)
        )
    }

    var facts: [String: Double] { ["pictures": Double(limit)] }

    func run() throws {
        result.removeAll(keepingCapacity: true)
        var source = PictureRecords(files: files)
        try unsafe evaluator.run(&source, limit: limit) { batch in
            result += batch.logits
            return true
        }
    }
}
