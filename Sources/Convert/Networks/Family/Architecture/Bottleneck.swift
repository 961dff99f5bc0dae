internal import Engine

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
                index,
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
        _ index: Int,
        _ input: NodeID,
        filters: Int,
        stride: Int,
        projection: Projection?,
        endsInRelu: Bool
    ) -> NodeID {
        let block = "block\(index)/"
        segment = "\(section.label)/block\(index)"
        defer { segment = nil }
        func main(_ place: Int) -> Part { .bottleneck(index, .main(place)) }
        let output = filters * Self.expansion
        var shortcut = input
        if let projection {
            shortcut = project(index, input, to: output, stride: stride, by: projection)
        }

        var node = convolution("\(block)0/conv", input, size: 1, to: filters, part: main(0))
        node = batchNorm("\(block)0/norm", node, part: main(0))
        node = relu("\(block)0/relu", dropBlock("\(block)0/drop", node))
        let isBlurred = configuration.antiAliasesConvolutions
        let innerStride = isBlurred ? 1 : stride
        if configuration.usesSelectiveKernel {
            node = selectiveKernel(index, node, filters: filters, stride: innerStride)
            node = dropBlock("\(block)1/drop", node)
        } else {
            node = convolution(
                "\(block)1/conv",
                node,
                size: 3,
                stride: innerStride,
                to: filters,
                part: main(1)
            )
            node = batchNorm("\(block)1/norm", node, part: main(1))
            node = relu("\(block)1/relu", dropBlock("\(block)1/drop", node))
        }
        if isBlurred, stride != 1 {
            node = unary(
                Blur(size: configuration.antiAliasSize, stride: stride),
                "\(block)blur",
                node
            )
        }
        node = convolution("\(block)2/conv", node, size: 1, to: output, part: main(2))
        node = batchNorm("\(block)2/norm", node, startsAtZero: true, part: main(2))
        node = dropBlock("\(block)2/drop", node)
        if configuration.usesSqueezeExcitation {
            node = squeezeExcitation(index, node)
        }
        node = add("\(block)add", node, shortcut)
        return endsInRelu ? relu("\(block)relu", node) : node
    }

    private mutating func project(
        _ index: Int,
        _ input: NodeID,
        to output: Int,
        stride: Int,
        by projection: Projection
    ) -> NodeID {
        let name = "block\(index)/projection/"
        var node = input
        var convolutionStride = 1
        var isPooled = true
        switch projection {
        case .plain where configuration.antiAliasesProjections && stride != 1:
            node = unary(
                Blur(size: configuration.antiAliasSize, stride: stride),
                "\(name)blur",
                node
            )
        case .plain:
            convolutionStride = stride
            isPooled = false
        case .resNetD where configuration.poolsAsPyTorch:
            guard stride > 1 else { break }
            let window = Window(2, stride: stride, border: .same)
            node = unary(Pool(.average, window, countsPadding: false), "\(name)pool", node)
        case .resNetD:
            node = meanPool("\(name)pool", node, size: 2, stride: stride)
        case .bigLittle where stride > 1:
            node = meanPool("\(name)pool", node, size: 3, stride: stride)
        case .bigLittle:
            isPooled = false
        }
        let part = Part.bottleneck(index, .projection(isPooled: isPooled))
        node = convolution(
            "\(name)conv",
            node,
            size: 1,
            stride: convolutionStride,
            to: output,
            part: part
        )
        return dropBlock("\(name)drop", batchNorm("\(name)norm", node, part: part))
    }

    /// A 3x3 convolution to two branches, which attention over space mixes channel by channel.
    private mutating func selectiveKernel(
        _ index: Int,
        _ input: NodeID,
        filters: Int,
        stride: Int
    ) -> NodeID {
        let name = "block\(index)/1/"
        let branches = convolutionUnit(
            name,
            input,
            size: 3,
            stride: stride,
            to: 2 * filters,
            part: .bottleneck(index, .main(1))
        )
        let reduce = Part.bottleneck(index, .selectiveKernelReduce)
        var node = layer(BranchMean(), "\(name)sk/mean", [branches], channels: filters)
        node = convolution(
            "\(name)sk/reduce",
            node,
            size: 1,
            to: max(filters / 2, 32),
            part: reduce
        )
        node = batchNorm("\(name)sk/norm", node, part: reduce)
        node = relu("\(name)sk/relu", node)
        node = convolution(
            "\(name)sk/expand",
            node,
            size: 1,
            to: 2 * filters,
            part: .bottleneck(index, .selectiveKernelExpand)
        )
        return layer(BranchAttention(), "\(name)sk/mix", [branches, node], channels: filters)
    }

    /// Scales each channel by what the means of all channels say.
    private mutating func squeezeExcitation(_ index: Int, _ input: NodeID) -> NodeID {
        let name = "block\(index)/se/"
        let count = channels(of: input)
        var node = unary(GlobalPool(.average), "\(name)mean", input)
        node = convolution(
            "\(name)reduce",
            node,
            size: 1,
            to: count / 16,
            part: .bottleneck(index, .squeezeExcitationReduce)
        )
        node = relu("\(name)relu", node)
        node = convolution(
            "\(name)expand",
            node,
            size: 1,
            to: count,
            part: .bottleneck(index, .squeezeExcitationExpand)
        )
        node = unary(Nonlinearity(.sigmoid), "\(name)sigmoid", node)
        return layer(ChannelScale(), "\(name)scale", [input, node], channels: count)
    }
}
