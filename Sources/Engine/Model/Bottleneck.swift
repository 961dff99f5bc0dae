/// How a group's first block brings its input to the shape of its output.
enum Projection {
    /// A 1x1 convolution with the stride, or blur and then the convolution.
    case plain
    /// Average pooling 2x2, then the convolution.
    case resNetD
    /// Average pooling 3x3 where there is a stride, then the convolution.
    case bigLittle
}

extension GraphBuilder {
    /// Channels of a bottleneck's output for one of its inner channels.
    static let expansion = 4

    /// `count` bottlenecks; the first one projects and strides.
    ///
    /// The relu that ends the last block is left out unless `endsInRelu`; a group of one block always has it,
    /// as published.
    mutating func bottlenecks(
        _ input: NodeID,
        count: Int,
        filters: Int,
        stride: Int,
        projection: Projection,
        endsInRelu: Bool = true
    ) -> NodeID {
        var node = input
        for index in 0..<count {
            let isLast = index == count - 1
            node = bottleneck(
                "block\(index)/",
                node,
                filters: filters,
                stride: index == 0 ? stride : 1,
                projection: index == 0 ? projection : nil,
                endsInRelu: endsInRelu || !isLast || index == 0
            )
        }
        return node
    }

    private mutating func bottleneck(
        _ block: String,
        _ input: NodeID,
        filters: Int,
        stride: Int,
        projection: Projection?,
        endsInRelu: Bool
    ) -> NodeID {
        let output = filters * Self.expansion
        var shortcut = input
        if let projection {
            shortcut = project(block, input, to: output, stride: stride, by: projection)
        }

        var node = convolution("\(block)0/conv", input, size: 1, to: filters)
        node = batchNorm("\(block)0/norm", node)
        node = relu("\(block)0/relu", dropBlock("\(block)0/drop", node))
        let isBlurred = configuration.antiAliasesConvolutions
        let innerStride = isBlurred ? 1 : stride
        if configuration.usesSelectiveKernel {
            node = selectiveKernel("\(block)1/", node, filters: filters, stride: innerStride)
            node = dropBlock("\(block)1/drop", node)
        } else {
            node = convolution(
                "\(block)1/conv",
                node,
                size: 3,
                stride: innerStride,
                to: filters
            )
            node = batchNorm("\(block)1/norm", node)
            node = relu("\(block)1/relu", dropBlock("\(block)1/drop", node))
        }
        if isBlurred, stride != 1 {
            node = unary(
                Blur(size: configuration.antiAliasSize, stride: stride),
                "\(block)blur",
                node
            )
        }
        node = convolution("\(block)2/conv", node, size: 1, to: output)
        node = batchNorm("\(block)2/norm", node, startsAtZero: true)
        node = dropBlock("\(block)2/drop", node)
        if configuration.usesSqueezeExcitation {
            node = squeezeExcitation("\(block)se/", node)
        }
        node = add("\(block)add", node, shortcut)
        return endsInRelu ? relu("\(block)relu", node) : node
    }

    private mutating func project(
        _ block: String,
        _ input: NodeID,
        to output: Int,
        stride: Int,
        by projection: Projection
    ) -> NodeID {
        let name = "\(block)projection/"
        var node = input
        var convolutionStride = 1
        switch projection {
        case .plain where configuration.antiAliasesProjections && stride != 1:
            node = unary(
                Blur(size: configuration.antiAliasSize, stride: stride),
                "\(name)blur",
                node
            )
        case .plain:
            convolutionStride = stride
        case .resNetD:
            node = meanPool("\(name)pool", node, size: 2, stride: stride)
        case .bigLittle where stride > 1:
            node = meanPool("\(name)pool", node, size: 3, stride: stride)
        case .bigLittle:
            break
        }
        node = convolution(
            "\(name)conv",
            node,
            size: 1,
            stride: convolutionStride,
            to: output
        )
        return dropBlock("\(name)drop", batchNorm("\(name)norm", node))
    }

    /// A 3x3 convolution to two branches, which attention over space mixes channel by channel.
    private mutating func selectiveKernel(
        _ name: String,
        _ input: NodeID,
        filters: Int,
        stride: Int
    ) -> NodeID {
        let branches = convolutionUnit(name, input, size: 3, stride: stride, to: 2 * filters)
        var node = layer(BranchMean(), "\(name)sk/mean", [branches], channels: filters)
        node = convolution(
            "\(name)sk/reduce",
            node,
            size: 1,
            to: max(filters / 2, 32),
            unit: .selectiveKernelReduce
        )
        node = batchNorm("\(name)sk/norm", node, unit: .selectiveKernelReduce)
        node = relu("\(name)sk/relu", node)
        node = convolution(
            "\(name)sk/expand",
            node,
            size: 1,
            to: 2 * filters,
            unit: .selectiveKernelExpand
        )
        return layer(BranchAttention(), "\(name)sk/mix", [branches, node], channels: filters)
    }

    /// Scales each channel by what the means of all channels say.
    private mutating func squeezeExcitation(_ name: String, _ input: NodeID) -> NodeID {
        let count = channels(of: input)
        var node = unary(GlobalPool(.average), "\(name)mean", input)
        node = convolution(
            "\(name)reduce",
            node,
            size: 1,
            to: count / 16,
            unit: .squeezeExcitationReduce
        )
        node = relu("\(name)relu", node)
        node = convolution(
            "\(name)expand",
            node,
            size: 1,
            to: count,
            unit: .squeezeExcitationExpand
        )
        node = unary(Nonlinearity(.sigmoid), "\(name)sigmoid", node)
        return layer(ChannelScale(), "\(name)scale", [input, node], channels: count)
    }
}
