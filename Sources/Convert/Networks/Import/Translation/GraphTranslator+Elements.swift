internal import Engine
internal import Proto
internal import Reference

// Functions of each value by itself.
extension GraphTranslator {
    static let elements: [String: Handler] = [
        "Relu": element { _ in .relu },
        "Relu6": element { _ in .clip(lower: 0, upper: 6) },
        "Elu": element { _ in .elu(alpha: 1) },
        "Selu": element { _ in .selu },
        "LeakyRelu": element { node in
            (try? node.float("alpha", default: 0.2)).map { .leakyRelu(slope: $0) }
        },
        "Sigmoid": element { _ in .sigmoid },
        "Tanh": element { _ in .tanh },
        "Softplus": element { _ in .softplus },
        "Softsign": element { _ in .softsign },
        "Exp": element { _ in .exp },
        "Log": element { _ in .log },
        "Square": element { _ in .square },
        "Sqrt": element { _ in .sqrt },
        "Rsqrt": element { _ in .rsqrt },
        "Reciprocal": element { _ in .reciprocal },
        "Inv": element { _ in .reciprocal },
        "Abs": element { _ in .abs },
        "ClipByValue": { translator, call in
            guard let place = call[0], let lower = translator.number(call[1]),
                let upper = translator.number(call[2]), lower <= upper
            else { return }
            translator.apply(.clip(lower: Float(lower), upper: Float(upper)), call, place)
        },
    ]

    private static func element(
        _ function: @escaping @Sendable (NodeDef) -> Nonlinearity.Function?
    ) -> Handler {
        { translator, call in
            guard let place = call[0], let function = function(call.node) else { return }
            translator.apply(function, call, place)
        }
    }

    /// Lets a node's output be a function of each value of a tensor.
    mutating func apply(
        _ function: Nonlinearity.Function,
        _ call: TranslationCall,
        _ place: TensorPlace
    ) {
        guard let value = whole(place) else { return }
        apply(function, call, value)
    }

    /// Lets a node's output be a function of each value of a tensor with which nothing is left to be done.
    mutating func apply(
        _ function: Nonlinearity.Function,
        _ call: TranslationCall,
        _ given: Carried
    ) {
        var value = given
        guard outcome(call) != nil,
            let node = append(
                Nonlinearity(function),
                call.node.name,
                [value.node],
                giving: value.shape
            )
        else { return }
        value.node = node
        value.isExclusive = true
        set(call, value)
    }
}
