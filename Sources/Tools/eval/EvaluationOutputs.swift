import Convert
import Engine
import Formats
import Networks
import ToolSupport

/// The files that an evaluation leaves behind besides its results, as far as they were asked for.
struct EvaluationOutputs: ~Copyable {
    private var predictions: ResultFile?
    private var logits: NPYWriter?
    private var embeddings: NPYWriter?
    private var pixels: NPYWriter?
    private let paths: (logits: String?, embeddings: String?, pixels: String?)
    private let stages: String?
    private var stageNames: [(stage: Stage, name: String)] = []
    private let isReplacing: Bool

    init(
        _ options: ParsedOptions,
        _ input: EvaluationInput,
        _ executor: Executor,
        _ network: Network
    ) throws {
        isReplacing = options[RunOptions.force]
        paths = (
            options[EvalOptions.logits], options[EvalOptions.embeddings],
            options[EvalOptions.pixels]
        )
        stages = options[EvalOptions.stages]
        if stages != nil {
            switch network.model {
            case .family(let model):
                stageNames = try model.stageNames(imageSize: input.imageSize)
            case .imported(let graph):
                stageNames = executor.stages.map { ($0, $0 == .logits ? graph.logits : $0.name) }
            }
        }
        if options.isGiven(EvalOptions.pixels), input.tensor != nil {
            throw ToolError(.usage, "--pixels writes prepared pictures, --tensor gives them")
        }
        // Of several ranks the first writes what all have computed.
        guard Ranks.isFirst else { return }
        if let path = options[EvalOptions.predictions] {
            predictions = try ResultFile(path, replacing: isReplacing)
        }
        if let path = options[EvalOptions.logits] {
            logits = try Self.writer(path, [network.classes], isReplacing)
        }
        if let path = options[EvalOptions.embeddings],
            let shape = executor.shape(of: .embedding)
        {
            let features = shape.count
            embeddings = try Self.writer(path, [features], isReplacing)
        }
        if let path = options[EvalOptions.pixels] {
            pixels = try Self.writer(path, [input.imageSize, input.imageSize, 3], isReplacing)
        }
    }

    private static func writer(
        _ path: String,
        _ rowShape: [Int],
        _ isReplacing: Bool
    ) throws -> NPYWriter {
        do {
            return try NPYWriter(
                path: path,
                type: .float32,
                rowShape: rowShape,
                replacing: isReplacing
            )
        } catch {
            throw ToolError(.file, file: path, error)
        }
    }

    mutating func add(_ prediction: Prediction) throws {
        try predictions?.line(prediction.json)
    }

    mutating func addLogits(_ values: [Float]) throws {
        do {
            try logits?.append(values.span)
        } catch {
            throw ToolError(.file, file: paths.logits, error)
        }
    }

    /// Takes vectors for retrieval.
    mutating func addEmbeddings(_ values: [Float]) throws {
        do {
            try embeddings?.append(values.span)
        } catch {
            throw ToolError(.file, file: paths.embeddings, error)
        }
    }

    /// Takes planar pictures and writes them with channels last.
    mutating func addPixels(_ planar: [Float], imageSize: Int) throws {
        guard pixels != nil else { return }
        let area = imageSize * imageSize
        var picture = [Float](repeating: 0, count: area * 3)
        for start in stride(from: 0, to: planar.count, by: area * 3) {
            for pixel in 0..<area {
                for channel in 0..<3 {
                    picture[pixel * 3 + channel] = planar[start + channel * area + pixel]
                }
            }
            do {
                try pixels?.append(picture.span)
            } catch {
                throw ToolError(.file, file: paths.pixels, error)
            }
        }
    }

    /// Writes the statistics of every stage over the first batch.
    mutating func addStages(
        of executor: Executor,
        pictures: Int
    ) throws {
        guard let stages else { return }
        try Self.write(
            StageStatistics.all(of: executor, stageNames, pictures: pictures),
            pictures: pictures,
            to: stages,
            replacing: isReplacing
        )
    }

    /// Writes the statistics of stages.
    static func write(
        _ statistics: [StageStatistics],
        pictures: Int,
        to path: String,
        replacing isReplacing: Bool
    ) throws {
        var file = try ResultFile(path, replacing: isReplacing)
        try file.write(
            JSONValue.document(
                schema: "reassemble.stages",
                version: 1,
                [
                    .init("pictures", .integer(pictures)),
                    .init("stages", .array(statistics.map(\.json))),
                ]
            ).indentedText
        )
        try file.finish()
    }

    /// Gives the files their names.
    consuming func finish() throws {
        try predictions?.finish()
        do { try logits?.finish() } catch { throw ToolError(.file, file: paths.logits, error) }
        do { try embeddings?.finish() } catch {
            throw ToolError(.file, file: paths.embeddings, error)
        }
        do { try pixels?.finish() } catch { throw ToolError(.file, file: paths.pixels, error) }
    }
}

extension StageStatistics {
    /// As `fixtures/graphs` has it.
    fileprivate var json: JSONValue {
        .object([
            .init("name", .text(name)),
            .init("shape", .array(shape.map { .integer($0) })),
            .init("mean", .figure(mean)),
            .init("std", .figure(deviation)),
            .init("absmax", .figure(largestMagnitude)),
            .init("sample_index", .array(sampleIndices.map { .integer($0) })),
            .init("sample", .array(samples.map { .figure(Double($0)) })),
        ])
    }
}
