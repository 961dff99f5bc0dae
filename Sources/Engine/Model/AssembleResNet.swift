extension Graph {
    /// The network that a configuration describes, for pictures of `imageSize` by `imageSize` pixels in RGB.
    ///
    /// With `dropsBlocks` it has layers that drop squares of the last two groups' activations while it is trained.
    ///
    /// - Throws: ``GraphError`` for settings outside the family.
    public init(
        _ configuration: ModelConfiguration,
        imageSize: Int,
        dropsBlocks: Bool = false
    ) throws(GraphError) {
        try configuration.validate()
        let counts = try configuration.blockCounts()
        var builder = GraphBuilder(
            configuration,
            input: FeatureShape(height: imageSize, width: imageSize, channels: 3)
        )
        builder.dropsBlocks = dropsBlocks
        var node = builder.stem(builder.input())
        for (index, stride) in configuration.groupStrides.enumerated() {
            let filters = configuration.width << index
            if configuration.version == 2, index < 3 {
                node = builder.bigLittleGroup(
                    index + 1,
                    node,
                    blocks: counts[index],
                    filters: filters,
                    stride: stride
                )
                continue
            }
            let projection: Projection =
                configuration.usesResNetD
                ? .resNetD : configuration.version == 2 ? .bigLittle : .plain
            builder.section = .group(index + 1)
            node = builder.bottlenecks(
                node,
                count: counts[index],
                filters: filters,
                stride: stride,
                projection: projection
            )
            builder.graph.mark(.group(index + 1), at: node)
        }
        try builder.head(node)
        self = builder.graph
    }
}

extension GraphBuilder {
    /// Pooling, the embedding where there is one, and the classifier.
    fileprivate mutating func head(_ input: NodeID) throws(GraphError) {
        section = .head
        let kind: GlobalPool.Kind =
            switch configuration.pooling {
            case .average: .average
            case .generalizedMean: .generalizedMean
            case .flatten: .flatten
            }
        var features = channels(of: input)
        if kind == .flatten, let area = try graph.shapes()[input]?.area {
            features *= area
        }
        var node = layer(GlobalPool(kind), "pool", [input], channels: features)
        graph.mark(.pooled, at: node)
        if configuration.embeddingSize > 0 {
            node = convolution(
                "embedding/conv",
                node,
                size: 1,
                to: configuration.embeddingSize,
                unit: .embedding
            )
            node = batchNorm("embedding/norm", node, unit: .embedding)
            graph.mark(.embedding, at: node)
            node = relu("embedding/relu", node)
        } else {
            graph.mark(.embedding, at: node)
        }
        node = layer(
            Dense(inputs: channels(of: node), outputs: configuration.classes),
            "classifier",
            [node],
            channels: configuration.classes
        )
        graph.mark(.logits, at: node)
    }
}
