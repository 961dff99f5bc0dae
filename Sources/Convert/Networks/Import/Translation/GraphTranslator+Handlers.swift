internal import Proto
internal import Reference

extension GraphTranslator {
    /// Says where a node's outputs are, if there are layers for it; else leaves them.
    typealias Handler = @Sendable (inout GraphTranslator, TranslationCall) -> Void

    /// What is translated, by TensorFlow's names.
    static let handlers: [Name: Handler] = {
        var all: [Name: Handler] = [:]
        for table in [
            convolutions, spreadings, products, matrices, constants, takings, channelwise, elements,
            combinations,
            pools, views, joining,
            pictures,
        ] {
            for (name, handler) in table {
                precondition(all[Name(name)] == nil, "\(name) stands in two tables")
                all[Name(name)] = handler
            }
        }
        return all
    }()

    /// Attributes of pictures: where rows, columns and channels are, whatever the order.
    static func order(_ node: NodeDef) -> PictureOrder? {
        switch try? node.word("data_format", of: ["NHWC", "NCHW"], default: "NHWC") {
        case "NHWC": .last
        case "NCHW": .first
        default: nil
        }
    }

    /// The places of rows, columns and channels among four axes.
    static func axes(_ order: PictureOrder) -> (height: Int, width: Int, channels: Int) {
        order == .first ? (2, 3, 1) : (1, 2, 3)
    }

    /// The node that gives a tensor.
    func producer(_ place: TensorPlace) -> TranslationCall {
        TranslationCall(
            number: place.node,
            node: forms.nodes[place.node],
            inputs: forms.inputs[place.node]
        )
    }

    /// The whole numbers of a constant.
    func integers(_ place: TensorPlace?) -> [Int]? {
        guard let place, let value = forms[place]?.value else { return nil }
        return try? value.integers()
    }

    /// The one number of a constant.
    func number(_ place: TensorPlace?) -> Double? {
        guard let place, let form = forms[place], form.isConstant,
            form.shapes[0].allSatisfy({ $0 == 1 }), let value = constant(place)
        else { return nil }
        return (try? value.floats())?.first
    }
}
