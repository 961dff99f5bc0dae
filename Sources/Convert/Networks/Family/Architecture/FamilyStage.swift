package import Engine

/// A place in a network of the family whose activations have a name of their own.
package enum FamilyStage: Hashable, Sendable {
    case initialConvolution
    case initialPool
    case group(Int)
    case big(Int)
    case little(Int)
    case merge(Int)
    /// Behind global pooling.
    case pooled
    case embedding
    case logits

    /// The name of it in the graph.
    package var stage: Stage {
        switch self {
        case .initialConvolution: Stage("initial convolution")
        case .initialPool: Stage("initial pool")
        case .group(let index): Stage(Section.group(index).label)
        case .big(let index): Stage(Section.big(index).label)
        case .little(let index): Stage(Section.little(index).label)
        case .merge(let index): Stage(Section.merge(index).label)
        case .pooled: Stage("pooled")
        case .embedding: .embedding
        case .logits: .logits
        }
    }
}
