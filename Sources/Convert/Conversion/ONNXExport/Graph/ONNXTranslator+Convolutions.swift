internal import Formats
internal import Networks
internal import Proto
internal import Reference

// Convolutions of pictures.
extension ONNXTranslator {
    static let convolutions2D: [String: Handler] = [
        "Conv2D": plain, "DepthwiseConv2dNative": plain,
        "Conv2DBackpropInput": { one, call throws(ReferenceError) in
            let isFirst = try call.hasChannelsFirst()
            let result = try one.shape(call.place)
            let kernel = try one.shape(call[1])
            guard kernel.count == 4, let rows = kernel[0], let columns = kernel[1] else {
                throw ReferenceError("a kernel of open extents")
            }
            let geometry = try one.geometry(call, result, [rows, columns])
            let axes = isFirst ? [2, 3] : [1, 2]
            var rest: [Int] = []
            for (index, pads) in [geometry.rows, geometry.columns].enumerated() {
                guard let extent = result[axes[index]] else {
                    throw ReferenceError("a result of an open size")
                }
                let reach = ([rows, columns][index] - 1) * geometry.dilations[index] + 1
                rest.append((extent + pads[0] + pads[1] - reach) % geometry.strides[index])
            }
            var attributes = windowAttributes(geometry, [rows, columns])
            if rest != [0, 0] { attributes["output_padding"] = .integers(rest) }
            guard let channels = result[isFirst ? 1 : 3], let own = kernel[2], own > 0,
                channels % own == 0
            else { throw ReferenceError("a kernel for other channels") }
            if channels != own { attributes["group"] = .integer(channels / own) }
            let value = isFirst ? try one.own(call[2]) : try one.planar(call[2])
            let weights = try one.arranged(call[1], [3, 2, 0, 1], nil, call)
            let name = one.append("ConvTranspose", call.name, [value, weights], attributes)
            one.set(call, name, planar: !isFirst)
        },
    ]

    private static let plain: Handler = { one, call throws(ReferenceError) in
        let isFirst = try call.hasChannelsFirst()
        let kernel = try one.shape(call[1])
        guard kernel.count == 4, let rows = kernel[0], let columns = kernel[1] else {
            throw ReferenceError("a kernel of open extents")
        }
        var border = Border.stated
        var geometry = try one.geometry(call, one.shape(call[0]), [rows, columns], &border)
        let source =
            border == .stated
            ? try one.widened(call[0], &geometry, channelsFirst: isFirst) : try call[0]
        let value = isFirst ? try one.own(source) : try one.planar(source)
        try one.convolution(call, call, value, geometry, border, planar: !isFirst)
    }

    /// Appends a convolution.
    ///
    /// - Parameters:
    ///   - call: The node whose result it gives.
    ///   - node: The node whose kernel it has.
    ///   - input: The pictures.
    ///   - geometry: How the window moves.
    ///   - border: Who says how wide the border is.
    ///   - isPlanar: Whether the result is planar, or the node's own.
    /// - Throws: `ReferenceError` if the kernel does not fit.
    mutating func convolution(
        _ call: ONNXCall,
        _ node: ONNXCall,
        _ input: String,
        _ geometry: WindowGeometry,
        _ border: Border = .stated,
        planar isPlanar: Bool
    ) throws(ReferenceError) {
        let place = try node[1]
        let isFirst = try node.hasChannelsFirst()
        var kernel: [Int] = []
        for extent in try shape(place) {
            guard let extent else { throw ReferenceError("a kernel of open extents") }
            kernel.append(extent)
        }
        guard kernel.count == 4, kernel[2] > 0,
            let channels = try shape(node[0])[isFirst ? 1 : 3]
        else { throw ReferenceError("a kernel \(kernel)") }
        var attributes = Self.windowAttributes(geometry, Array(kernel.prefix(2)), border)
        let weights: String
        if node.node.operation == "DepthwiseConv2dNative" {
            attributes["group"] = .integer(channels)
            let shape = [kernel[2] * kernel[3], 1, kernel[0], kernel[1]]
            weights = try arranged(place, [2, 3, 0, 1], shape, node)
        } else {
            if channels != kernel[2] { attributes["group"] = .integer(channels / kernel[2]) }
            weights = try arranged(place, [3, 2, 0, 1], nil, node)
        }
        let name = append("Conv", call.name, [input, weights], attributes)
        set(call, name, planar: isPlanar)
        guard graph.constant(place) != nil, uses[place] == 1 else { return }
        convolutions[call.place] = FoldableConvolution(
            index: model.nodes.count - 1,
            kernel: weights
        )
    }

    /// A kernel with its axes in an order, and then in a shape.
    private mutating func arranged(
        _ place: TensorPlace,
        _ order: [Int],
        _ shape: [Int]?,
        _ call: ONNXCall
    ) throws(ReferenceError) -> String {
        if let constant = graph.constant(place) {
            return initializer(
                title(place),
                constant,
                constant.shape,
                order: order,
                reshaped: shape
            )
        }
        let moved = append(
            "Transpose",
            call.part("kernel"),
            [try own(place)],
            ["perm": .integers(order)]
        )
        guard let shape else { return moved }
        return append("Reshape", call.part("kernel/shape"), [moved, integers(shape)])
    }

    /// What is in front of a border of zeros, the border being added to a convolution's own.
    private func widened(
        _ place: TensorPlace,
        _ geometry: inout WindowGeometry,
        channelsFirst isFirst: Bool
    ) throws(ReferenceError) -> TensorPlace {
        let border = producer(place)
        guard ["Pad", "PadV2"].contains(border.node.operation), graph.constant(place) == nil,
            let sides = try? integers(border[1]), sides.count == 8, sides.allSatisfy({ $0 >= 0 })
        else { return place }
        if border.node.operation == "PadV2" {
            guard let value = graph.constant(try border[2]), value.count == 1,
                try value.tensor().values == [0]
            else { return place }
        }
        let first = isFirst ? 4 : 2
        guard sides.indices.allSatisfy({ (first..<(first + 4)).contains($0) || sides[$0] == 0 })
        else { return place }
        geometry.rows = [geometry.rows[0] + sides[first], geometry.rows[1] + sides[first + 1]]
        geometry.columns = [
            geometry.columns[0] + sides[first + 2], geometry.columns[1] + sides[first + 3],
        ]
        return try border[0]
    }

    /// Who says how wide the border of pictures is.
    enum Border {
        /// The geometry.
        case stated
        /// The operator, by the size of its pictures.
        case same
    }

    /// A window as operators have it.
    static func windowAttributes(
        _ geometry: WindowGeometry,
        _ window: [Int],
        _ border: Border = .stated
    ) -> [Name: ONNXAttribute] {
        var attributes: [Name: ONNXAttribute] = [
            "kernel_shape": .integers(window), "strides": .integers(geometry.strides),
        ]
        switch border {
        case .stated:
            attributes["pads"] = .integers([
                geometry.rows[0], geometry.columns[0], geometry.rows[1], geometry.columns[1],
            ])
        case .same: attributes["auto_pad"] = .text("SAME_UPPER")
        }
        if geometry.dilations != [1, 1] { attributes["dilations"] = .integers(geometry.dilations) }
        return attributes
    }

    /// How a node's window moves over pictures of a shape of which rows and columns are known.
    func geometry(
        _ call: ONNXCall,
        _ shape: [Int?],
        _ window: [Int]
    ) throws(ReferenceError) -> WindowGeometry {
        var border = Border.stated
        let geometry = try geometry(call, shape, window, &border)
        guard border == .stated else { throw ReferenceError("pictures of an open size") }
        return geometry
    }

    /// How a node's window moves over pictures of a shape.
    ///
    /// - Parameters:
    ///   - call: The node.
    ///   - shape: The pictures' extents, nil where they are open.
    ///   - window: Rows and columns of the window.
    ///   - stated: Its strides, where no attribute of the node has them.
    ///   - border: Becomes ``Border/same`` where the border's width hangs on a size that is open.
    /// - Returns: The window's way.
    /// - Throws: `ReferenceError` for what is no window over such pictures.
    func geometry(
        _ call: ONNXCall,
        _ shape: [Int?],
        _ window: [Int],
        strides stated: [Int]? = nil,
        _ border: inout Border
    ) throws(ReferenceError) -> WindowGeometry {
        let isFirst = try call.hasChannelsFirst()
        let axes = isFirst ? [2, 3] : [1, 2]
        func middle(_ numbers: [Int]) throws(ReferenceError) -> [Int] {
            guard numbers.count == 4, numbers[0] == 1, numbers[isFirst ? 1 : 3] == 1,
                axes.allSatisfy({ (1...(1 << 20)).contains(numbers[$0]) })
            else { throw ReferenceError("a window by \(numbers)") }
            return axes.map { numbers[$0] }
        }
        guard shape.count == 4, window.allSatisfy({ (1...(1 << 20)).contains($0) }) else {
            throw ReferenceError("a window \(window) over \(shape.count) axes")
        }
        var geometry = WindowGeometry()
        let strides: [Int] = if let stated { stated } else { try call.node.integers("strides") }
        geometry.strides = try middle(strides)
        geometry.dilations = try middle(call.node.integers("dilations", default: [1, 1, 1, 1]))
        switch try call.node.word("padding", of: ["VALID", "SAME", "EXPLICIT"]) {
        case "SAME":
            if let height = shape[axes[0]], let width = shape[axes[1]] {
                geometry.padSame(height: height, width: width, window: window)
            } else if geometry.strides == [1, 1] {
                // Each place has a window, whatever their number.
                geometry.padSame(height: 1, width: 1, window: window)
            } else {
                border = .same
            }
        case "EXPLICIT":
            let sides = try call.node.integers("explicit_paddings", default: [])
            let first = isFirst ? 4 : 2
            guard sides.count == 8, sides.allSatisfy({ (0..<(1 << 20)).contains($0) }) else {
                throw ReferenceError("a border \(sides)")
            }
            geometry.rows = [sides[first], sides[first + 1]]
            geometry.columns = [sides[first + 2], sides[first + 3]]
        default: break
        }
        return geometry
    }
}
