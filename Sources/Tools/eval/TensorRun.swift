import Base
import Convert
import Data
import Engine
import Formats
import ToolSupport

/// Runs a network over pictures that are prepared already: a `.npy` file, `[pictures, height, width, 3]`.
struct TensorRun {
    private let executor: Executor
    private let classes: Int

    init(_ executor: Executor, classes: Int) {
        self.executor = executor
        self.classes = classes
    }

    /// Calls `body` with each batch, until it says to stop.
    func run(
        _ path: String,
        limit: Int?,
        _ body: (Evaluator.Batch) throws -> Bool
    ) throws {
        var reader = try ToolError.about(path) { try NPYReader(path: path) }
        let shape = reader.header.shape
        let area = shape[1] * shape[2]
        var left = min(limit ?? .max, shape[0])
        var index = 0
        while left > 0 {
            let count = min(executor.batch, left)
            let pixels = try ToolError.about(path) {
                try reader.elements(count * area * 3, as: Float.self)
            }
            unsafe executor.withInput { input in
                unsafe input.update(repeating: 0)
                for (index, value) in pixels.enumerated() {
                    let (pixel, channel) = (index / 3, index % 3)
                    let plane = pixel / area * 3 + channel
                    unsafe input[plane * area + pixel % area] = value
                }
            }
            try executor.run()
            let pictures = (index..<(index + count)).map { number in
                LabelledPicture(
                    bytes: OwnedBytes(copying: RawSpan()),
                    label: nil,
                    name: nil,
                    origin: LabelledPicture.Origin(file: path, record: number)
                )
            }
            let logits = Array(executor.logits.prefix(count * classes))
            guard
                try body(Evaluator.Batch(pictures: pictures, logits: logits, classes: classes))
            else { return }
            index += count
            left -= count
        }
    }
}
