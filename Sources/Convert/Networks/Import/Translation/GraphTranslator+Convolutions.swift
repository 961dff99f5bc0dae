internal import Base
internal import Checkpoint
internal import Engine
internal import Proto
internal import Reference

// Convolutions, and what around them belongs to their window.
extension GraphTranslator {
    static let convolutions: [String: Handler] = [
        "Conv2D": { translator, call in
            guard let layer = translator.convolutionLayer(call) else { return }
            translator.set(call, translator.convolved(layer, call))
        },
        "DepthwiseConv2dNative": { translator, call in
            guard let layer = translator.convolutionLayer(call) else { return }
            translator.set(call, translator.convolved(layer, call))
        },
        "BatchToSpaceND": { translator, call in
            guard let layer = translator.dilatedLayer(call) else { return }
            translator.set(call, translator.convolved(layer, call))
        },
    ]

    /// A convolution that is to be appended: where its pictures come from, and how its window goes over them.
    struct ConvolutionPlan {
        var source: TensorPlace
        var order: PictureOrder
        var window: Window
        /// HWIO, the inputs of one group.
        var kernel: WeightTensor
        var groups: Int
    }

    /// What a node's convolution is, its borders taken from what pads before it.
    func convolutionLayer(_ call: TranslationCall) -> ConvolutionPlan? {
        let node = call.node
        guard let source = call[0], let place = call[1], let order = Self.order(node),
            let form = forms[source], form.shapes[0].count == 4,
            let weights = forms[place], weights.isConstant, weights.shapes[0].count == 4,
            let kernel = weightTensor(place)
        else { return nil }
        let axes = Self.axes(order)
        let extents = kernel.shape
        guard
            var window = Self.window(node, Axes(height: extents[0], width: extents[1]), order)
        else { return nil }
        var plan = ConvolutionPlan(
            source: source,
            order: order,
            window: window,
            kernel: kernel,
            groups: 1
        )
        if case .sides(let own) = window.border, let (before, padding) = padded(source, order) {
            plan.source = before
            window.border = .sides(own.adding(padding))
        }
        plan.window = window
        let channels = form.shapes[0][axes.channels]
        if node.operation == "DepthwiseConv2dNative" {
            guard extents[2] == channels else { return nil }
            plan.groups = channels
            plan.kernel = kernel.reshaped([extents[0], extents[1], 1, extents[2] * extents[3]])
        } else {
            guard extents[2] > 0, channels % extents[2] == 0 else { return nil }
            plan.groups = channels / extents[2]
        }
        return plan
    }

    /// Appends a convolution for a node's output.
    mutating func convolved(_ plan: ConvolutionPlan, _ call: TranslationCall) -> Carried? {
        guard let (lead, rest) = outcome(call), lead == 1, rest.count == 3,
            let input = whole(plan.source, plan.order), input.lead == 1
        else { return nil }
        let outputs = plan.kernel.shape[3]
        let layer = Convolution(
            plan.window,
            inputChannels: input.shape.channels,
            outputChannels: outputs,
            groups: plan.groups
        )
        guard
            let node = append(
                layer,
                call.node.name,
                [input.node],
                giving: Carried.shape(1, rest, plan.order)
            )
        else { return nil }
        weights[ParameterKey(node: name(of: node), role: .kernel)] = plan.kernel
        return Carried(node, plan.order, lead: 1, rest: rest)
    }

    /// How a node's window of a size goes over pictures.
    static func window(_ node: NodeDef, _ size: Axes, _ order: PictureOrder) -> Window? {
        let axes = axes(order)
        guard let strides = try? node.integers("strides"), strides.count == 4,
            let dilations = try? node.integers("dilations", default: [1, 1, 1, 1]),
            dilations.count == 4, let padding = try? node.text("padding")
        else { return nil }
        var window = Window(
            size,
            stride: Axes(height: strides[axes.height], width: strides[axes.width]),
            dilation: Axes(height: dilations[axes.height], width: dilations[axes.width])
        )
        switch padding {
        case "SAME": window.border = .same
        case "VALID": window.border = .sides(.none)
        case "EXPLICIT":
            guard let sides = try? node.integers("explicit_paddings"), sides.count == 8 else {
                return nil
            }
            window.border = .sides(Self.padding(sides, axes))
        default: return nil
        }
        return window
    }

    // MARK: Borders

    /// Rows and columns around pictures, of the list that a node states.
    static func padding(
        _ sides: [Int],
        _ axes: (height: Int, width: Int, channels: Int)
    ) -> Padding {
        Padding(
            top: sides[2 * axes.height],
            bottom: sides[2 * axes.height + 1],
            left: sides[2 * axes.width],
            right: sides[2 * axes.width + 1]
        )
    }

    /// What zeros were put around, if that is all that a tensor is.
    func padded(
        _ place: TensorPlace,
        _ order: PictureOrder
    ) -> (before: TensorPlace, padding: Padding)? {
        let call = producer(place)
        guard ["Pad", "PadV2"].contains(call.node.operation), let before = call[0],
            let sides = integers(call[1]), sides.count == 8,
            call.node.operation == "Pad" || number(call[2]) == 0
        else { return nil }
        let axes = Self.axes(order)
        for axis in [0, axes.channels] where sides[2 * axis] != 0 || sides[2 * axis + 1] != 0 {
            return nil
        }
        guard sides.allSatisfy({ (0...(1 << 20)).contains($0) }) else { return nil }
        return (before, Self.padding(sides, axes))
    }

    // MARK: Dilation

    /// The convolution of pictures that are taken apart before, and put together behind: a dilated one.
    private func dilatedLayer(_ call: TranslationCall) -> ConvolutionPlan? {
        guard let place = call[0], let block = integers(call[1]), let crops = integers(call[2]),
            (1...2).contains(block.count), crops.count == 2 * block.count
        else { return nil }
        let inner = producer(place)
        guard ["Conv2D", "DepthwiseConv2dNative"].contains(inner.node.operation),
            var plan = convolutionLayer(inner), plan.order == .last,
            plan.window.stride == Axes(1), plan.window.border == .sides(.none),
            let apart = inner[0], plan.source == apart
        else { return nil }
        let outer = producer(apart)
        guard outer.node.operation == "SpaceToBatchND", let source = outer[0],
            integers(outer[1]) == block, let paddings = integers(outer[2]),
            paddings.count == crops.count,
            paddings.allSatisfy({ (0...(1 << 20)).contains($0) }),
            crops.allSatisfy({ (0...(1 << 20)).contains($0) }),
            block.allSatisfy({ (1...(1 << 20)).contains($0) })
        else { return nil }
        let sides = zip(paddings, crops).map { $0 - $1 }
        guard sides.allSatisfy({ $0 >= 0 }) else { return nil }
        let isWide = block.count == 2
        plan.source = source
        plan.window.dilation = Axes(
            height: plan.window.dilation.height * block[0],
            width: plan.window.dilation.width * (isWide ? block[1] : 1)
        )
        plan.window.border = .sides(
            Padding(
                top: sides[0],
                bottom: sides[1],
                left: isWide ? sides[2] : 0,
                right: isWide ? sides[3] : 0
            )
        )
        return plan
    }

    // MARK: Weights

    /// The values of a constant as a parameter's, where they lie if they can stay there.
    func weightTensor(_ place: TensorPlace) -> WeightTensor? {
        switch forms.constant(place) {
        case .stated(let constant):
            if constant.type == .float32, let stored = constant.stored {
                return unsafe WeightTensor(
                    shape: constant.shape,
                    bytes: stored.buffer,
                    owner: stored.owner
                )
            }
            return (try? constant.tensor()).flatMap { Self.weightTensor($0) }
        case .made(let tensor): return Self.weightTensor(tensor)
        case nil: return nil
        }
    }

    private static func weightTensor(_ tensor: ReferenceTensor) -> WeightTensor? {
        guard floats.contains(tensor.type) else { return nil }
        return WeightTensor(shape: tensor.shape, values: tensor.values)
    }
}

extension Padding {
    /// One border around another.
    func adding(_ other: Padding) -> Padding {
        Padding(
            top: top + other.top,
            bottom: bottom + other.bottom,
            left: left + other.left,
            right: right + other.right
        )
    }
}

extension WeightTensor {
    /// The same values under another shape.
    func reshaped(_ shape: [Int]) -> WeightTensor { WeightTensor(shape: shape, values: values) }

    /// A matrix with its axes exchanged.
    var transposedMatrix: WeightTensor {
        let (rows, columns) = (shape[0], shape[1])
        return WeightTensor(
            shape: [columns, rows],
            values: ActivationTranspose.transposed(values, [rows, columns], [1, 0])
        )
    }
}
