import Engine
import Testing

/// What a file can be wrong in: each is an error, none a trap.
@Suite struct ShapeTests {
    private static let shape = FeatureShape(height: 9, width: 8, channels: 12)

    private func shape(
        of layer: any Layer,
        _ inputs: [FeatureShape] = [shape]
    ) throws -> FeatureShape {
        var graph = Graph(input: Self.shape)
        var ids: [NodeID] = []
        for (index, shape) in inputs.enumerated() {
            ids.append(graph.append(Input(shape: shape), named: "input\(index)", inputs: []))
        }
        let node = graph.append(layer, named: "layer", inputs: ids)
        return try #require(try graph.shapes()[node])
    }

    private func convolution(
        _ window: Window = Window(3),
        inputs: Int = 12,
        outputs: Int = 24,
        groups: Int = 1
    ) -> Convolution {
        Convolution(window, inputChannels: inputs, outputChannels: outputs, groups: groups)
    }

    @Test("a layer of fitting attributes has a shape")
    func fits() throws {
        let window = Window(
            Axes(height: 3, width: 2),
            stride: Axes(height: 2, width: 1),
            dilation: Axes(height: 1, width: 3),
            border: .sides(Padding(top: 1, bottom: 0, left: 0, right: 2))
        )
        #expect(
            try shape(of: convolution(window, groups: 4))
                == FeatureShape(height: 4, width: 7, channels: 24)
        )
    }

    @Test("a convolution of other channels")
    func channels() {
        let error = GraphError.wrongInput(
            node: "layer",
            found: Self.shape,
            expected: "16 channels"
        )
        #expect(throws: error) { try shape(of: convolution(inputs: 16)) }
    }

    @Test("groups that do not divide the channels", arguments: [0, -1, 5, 8, 24])
    func groups(_ groups: Int) {
        let error = GraphError.invalidAttribute(
            node: "layer",
            name: "groups",
            value: "\(groups)",
            expected: "a divisor of 12 inputs and 24 outputs"
        )
        #expect(throws: error) { try shape(of: convolution(groups: groups)) }
    }

    @Test("no outputs, or less", arguments: [0, -7])
    func outputs(_ outputs: Int) {
        #expect(
            throws: GraphError.invalidAttribute(
                node: "layer",
                name: "output channels",
                value: "\(outputs)",
                expected: "at least 1"
            )
        ) { try shape(of: convolution(outputs: outputs)) }
        #expect(
            throws: GraphError.invalidAttribute(
                node: "layer",
                name: "outputs",
                value: "\(outputs)",
                expected: "at least 1"
            )
        ) {
            try shape(
                of: Dense(inputs: 12, outputs: outputs),
                [FeatureShape(height: 1, width: 1, channels: 12)]
            )
        }
    }

    @Test("windows, strides and dilations of nothing or of too much", arguments: [0, -1, .max])
    func window(_ extent: Int) {
        let axes = Axes(height: 1, width: extent)
        for (name, window) in [
            ("window", Window(axes)), ("stride", Window(Axes(1), stride: axes)),
            ("dilation", Window(Axes(1), dilation: axes)),
        ] {
            let error = GraphError.invalidAttribute(
                node: "layer",
                name: name,
                value: "1x\(extent)",
                expected: "1...16777216 on each axis"
            )
            #expect(throws: error) { try shape(of: convolution(window)) }
            #expect(throws: error) { try shape(of: Pool(.average, window)) }
        }
    }

    @Test("padding below zero or beyond reason", arguments: [-1, Int.max])
    func padding(_ extent: Int) {
        let padding = Padding(top: 0, bottom: 0, left: extent, right: 0)
        #expect(
            throws: GraphError.invalidAttribute(
                node: "layer",
                name: "padding",
                value: "[0, \(extent), 0, 0]",
                expected: "0...16777216 on each side"
            )
        ) { try shape(of: convolution(Window(3, border: .sides(padding)))) }
    }

    @Test("a window larger than the padded picture")
    func small() {
        #expect(throws: GraphError.tooSmall(node: "layer", height: 9, width: 8)) {
            try shape(of: convolution(Window(Axes(height: 1, width: 9))))
        }
    }

    @Test("a matrix product of pictures, or of other vectors")
    func dense() {
        let vector = FeatureShape(height: 1, width: 1, channels: 24)
        for found in [Self.shape, vector] {
            #expect(
                throws: GraphError.wrongInput(node: "layer", found: found, expected: "1x1x864")
            ) { try shape(of: Dense(inputs: 864, outputs: 5), [found]) }
        }
    }

    @Test("more values than any machine holds")
    func large() {
        let padding = Padding(before: 1 << 24, after: 1 << 24)
        let extents = [33_554_441, 33_554_440, 24]
        let error = GraphError.tooLarge(node: "layer", extents: extents)
        #expect(throws: error) {
            try shape(of: convolution(Window(1, border: .sides(padding))))
        }
        #expect(
            error.description
                == "layer: 33554441x33554440x24 values are more than any machine holds"
        )
        #expect(
            throws: GraphError.tooLarge(node: "layer", extents: [16_777_216, 16_777_216, 12, 24])
        ) {
            try shape(of: convolution(Window(1 << 24, border: .same)))
        }
        #expect(
            throws: GraphError.tooLarge(node: "layer", extents: [1, 1, .max])
        ) {
            try shape(
                of: Dense(inputs: 12, outputs: .max),
                [FeatureShape(height: 1, width: 1, channels: 12)]
            )
        }
    }

    @Test("a picture without pixels", arguments: [0, -3])
    func empty(_ extent: Int) {
        let shape = FeatureShape(height: 9, width: extent, channels: 12)
        #expect(throws: GraphError.tooSmall(node: "input0", height: 9, width: extent)) {
            try self.shape(of: Nonlinearity(.relu), [shape])
        }
    }

    @Test("numbers for channels that are others")
    func numbers() {
        let vector = FeatureShape(height: 1, width: 1, channels: 12)
        let error = GraphError.wrongInput(node: "layer", found: Self.shape, expected: "1x1x12")
        #expect(throws: error) { try shape(of: ChannelScale(), [Self.shape, Self.shape]) }
        #expect(throws: error) { try shape(of: BranchAttention(), [Self.shape, Self.shape]) }
        #expect(throws: GraphError.wrongInputCount(node: "layer", found: 1, expected: 2)) {
            try shape(of: ChannelScale(), [vector])
        }
    }

    @Test("an odd number of channels for two branches")
    func branches() {
        let odd = FeatureShape(height: 9, width: 8, channels: 11)
        let error = GraphError.wrongInput(
            node: "layer",
            found: odd,
            expected: "an even number of channels"
        )
        #expect(throws: error) { try shape(of: BranchMean(), [odd]) }
        #expect(throws: error) { try shape(of: BranchAttention(), [odd, odd]) }
    }

    @Test("a blur of a size or a stride that there is not")
    func blur() {
        for size in [0, 8, .max] {
            #expect(
                throws: GraphError.invalidAttribute(
                    node: "layer",
                    name: "size",
                    value: "\(size)",
                    expected: "1...7"
                )
            ) { try shape(of: Blur(size: size, stride: 1)) }
        }
        #expect(
            throws: GraphError.invalidAttribute(
                node: "layer",
                name: "stride",
                value: "0",
                expected: "at least 1"
            )
        ) { try shape(of: Blur(size: 3, stride: 0)) }
    }
}
