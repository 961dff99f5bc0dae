/// The part of the model that a node belongs to; groups count from 1.
package enum Section: Hashable, Sendable {
    /// The input and the first convolutions.
    case stem
    /// The batch norm and relu behind the first convolutions.
    case stemEnd
    /// BigLittle's two branches in the place of the max-pool.
    case stemBranches
    /// A group of plain bottlenecks.
    case group(Int)
    /// The branch at half resolution.
    case big(Int)
    /// The branch at full resolution with fewer channels.
    case little(Int)
    /// Where the branches meet.
    case merge(Int)
    /// Pooling, embedding, classifier.
    case head

    /// A short name for profiles and drawings.
    package var label: String {
        switch self {
        case .stem, .stemEnd: "stem"
        case .stemBranches: "stem/branches"
        case .group(let index): "group\(index)"
        case .big(let index): "big\(index)"
        case .little(let index): "little\(index)"
        case .merge(let index): "merge\(index)"
        case .head: "head"
        }
    }
}

/// The unit that a layer with parameters belongs to, where it is not the main path's.
package enum Unit: Hashable, Sendable {
    case main
    /// The squeezing half of a selective-kernel unit.
    case selectiveKernelReduce
    /// The half of a selective-kernel unit that gives each branch its weight.
    case selectiveKernelExpand
    /// The squeezing half of a squeeze-and-excitation unit.
    case squeezeExcitationReduce
    /// The half of a squeeze-and-excitation unit that gives each channel its scale.
    case squeezeExcitationExpand
    /// The embedding in front of the classifier.
    case embedding
}

/// A place in a model whose activations have a name of their own.
package enum Stage: Hashable, Sendable {
    case initialConvolution
    case initialPool
    case group(Int)
    case big(Int)
    case little(Int)
    case merge(Int)
    /// Behind global pooling.
    case pooled
    /// The vector for retrieval: behind the embedding's batch norm, else the pooled features.
    case embedding
    case logits
}
