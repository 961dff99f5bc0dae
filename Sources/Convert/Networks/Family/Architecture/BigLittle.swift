internal import Engine

extension GraphBuilder {
    /// A group of version 2: a deep branch at half resolution beside a shallow one at full resolution, merged.
    mutating func bigLittleGroup(
        _ index: Int,
        _ input: NodeID,
        blocks: Int,
        filters: Int,
        stride: Int
    ) -> NodeID {
        section = .big(index)
        let big = bottlenecks(
            input,
            count: blocks - 1,
            filters: filters,
            stride: 2,
            projection: .bigLittle,
            endsInRelu: false
        )
        mark(.big(index), at: big)

        section = .little(index)
        var little = bottlenecks(
            input,
            count: configuration.littleBlockCounts[index - 1],
            filters: filters / configuration.alpha,
            stride: 1,
            projection: .bigLittle
        )
        mark(.little(index), at: little)
        little = convolutionUnit(
            "expand/",
            little,
            size: 1,
            to: filters * Self.expansion,
            part: .littleExpansion,
            relu: false
        )

        section = .merge(index)
        let upsampled = unary(Upsample(), "upsample", big)
        let sum = relu("relu", add("add", little, upsampled))
        let merged = bottlenecks(
            sum,
            count: 1,
            filters: filters,
            stride: stride,
            projection: .bigLittle
        )
        mark(.merge(index), at: merged)
        return merged
    }
}
