package import Engine

/// What is told of a stage's activations: enough to see where two implementations part.
public struct StageStatistics: Sendable {
    /// The stage under its published name.
    public let name: String
    /// `[picture, height, width, channel]`; `[picture, class]` of the logits.
    public let shape: [Int]
    /// The mean.
    public let mean: Double
    /// The standard deviation around it.
    public let deviation: Double
    /// The largest magnitude.
    public let largestMagnitude: Double
    /// Sixteen places in row-major order, evenly spread.
    public let sampleIndices: [Int]
    /// The values there.
    public let samples: [Float]

    /// The statistics of the stages that have a name, over the first pictures of an executor's last batch.
    package static func all(
        of executor: Executor,
        _ names: [(stage: Stage, name: String)],
        pictures: Int
    ) -> [StageStatistics] {
        names.compactMap { stage, name in
            guard let values = executor.values(of: stage), let extent = executor.shape(of: stage)
            else { return nil }
            let shape =
                stage == .logits
                ? [pictures, extent.channels]
                : [pictures, extent.height, extent.width, extent.channels]
            return StageStatistics(
                name: name,
                shape: shape,
                values: values[..<(pictures * extent.count)]
            )
        }
    }

    /// The statistics of some values.
    package init(name: String, shape: [Int], values: ArraySlice<Float>) {
        self.name = name
        self.shape = shape
        let count = Double(max(values.count, 1))
        let mean = values.reduce(0) { $0 + Double($1) } / count
        self.mean = mean
        deviation = (values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count)
            .squareRoot()
        largestMagnitude = values.reduce(0) { max($0, Double(abs($1))) }
        let spacing = max(values.count / 16, 1)
        sampleIndices = (0..<min(16, values.count)).map { $0 * spacing }
        samples = sampleIndices.map { values[values.startIndex + $0] }
    }
}
