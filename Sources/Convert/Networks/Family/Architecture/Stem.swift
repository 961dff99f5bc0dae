internal import Engine

extension GraphBuilder {
    /// The first convolutions, and what takes the resolution down to a quarter.
    ///
    /// Version 1 ends in a max-pool, version 2 in BigLittle's two branches.
    mutating func stem(_ picture: NodeID) -> NodeID {
        let width = configuration.width
        section = .stem
        var node = picture
        if configuration.usesResNetD {
            node = convolutionUnit("0/", node, size: 3, stride: 2, to: width / 2, part: .stem(0))
            node = convolutionUnit("1/", node, size: 3, to: width / 2, part: .stem(1))
            node = convolution("2/conv", node, size: 3, to: width, part: .stem(2))
        } else {
            node = convolution("conv", node, size: 7, stride: 2, to: width, part: .stem(nil))
        }
        mark(.initialConvolution, at: node)
        section = .stemEnd
        node = batchNorm("norm", node, part: .stemEnd)
        node = relu("relu", node)
        guard configuration.version == 2 else {
            let around = Window.Border.sides(Padding(before: 1, after: 1))
            let window = Window(
                3,
                stride: 2,
                border: configuration.poolsAsPyTorch ? around : .same
            )
            node = unary(Pool(.maximum, window), "pool", node)
            mark(.initialPool, at: node)
            return node
        }
        return stemBranches(node)
    }

    private mutating func stemBranches(_ input: NodeID) -> NodeID {
        let width = configuration.width
        let narrow = width / configuration.alpha
        section = .stemBranches
        let big = convolutionUnit(
            "big/",
            input,
            size: 3,
            stride: 2,
            to: width,
            part: .bigStem,
            relu: false
        )
        var little = convolutionUnit("little0/", input, size: 3, to: narrow, part: .littleStem(0))
        little = convolutionUnit(
            "little1/",
            little,
            size: 3,
            stride: 2,
            to: narrow,
            part: .littleStem(1)
        )
        little = convolutionUnit(
            "little2/",
            little,
            size: 1,
            to: width,
            part: .littleStem(2),
            relu: false
        )
        let sum = relu("relu", add("add", big, little))
        return convolutionUnit("merge/", sum, size: 1, to: width, part: .mergedStem)
    }
}
