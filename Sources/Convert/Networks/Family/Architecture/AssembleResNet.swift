internal import Engine

extension GraphBuilder {
    /// The whole network.
    ///
    /// - Throws: ``GraphError`` for settings outside the family.
    mutating func build() throws(GraphError) {
        try configuration.validate()
        let counts = try configuration.blockCounts()
        var node = stem(input())
        for (index, stride) in configuration.groupStrides.enumerated() {
            let filters = configuration.width << index
            if configuration.version == 2, index < 3 {
                node = bigLittleGroup(
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
            section = .group(index + 1)
            node = bottlenecks(
                node,
                count: counts[index],
                filters: filters,
                stride: stride,
                projection: projection
            )
            mark(.group(index + 1), at: node)
        }
        try head(node)
    }

    /// Pooling, the embedding where there is one, and the classifier.
    private mutating func head(_ input: NodeID) throws(GraphError) {
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
        mark(.pooled, at: node)
        if configuration.embeddingSize > 0 {
            node = convolution(
                "embedding/conv",
                node,
                size: 1,
                to: configuration.embeddingSize,
                part: .embedding
            )
            node = batchNorm("embedding/norm", node, part: .embedding)
            mark(.embedding, at: node)
            node = relu("embedding/relu", node)
        } else {
            mark(.embedding, at: node)
        }
        node = layer(
            Dense(inputs: channels(of: node), outputs: configuration.classes),
            "classifier",
            [node],
            channels: configuration.classes,
            part: .classifier
        )
        mark(.logits, at: node)
    }
}
