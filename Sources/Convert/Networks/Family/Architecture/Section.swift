/// The part of a network of the family that a layer belongs to; groups count from 1.
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

    /// How far it is from the input: 0 in the stem, then the number of its group, 5 in the head.
    var depth: Int {
        switch self {
        case .stem, .stemEnd, .stemBranches: 0
        case .group(let index), .big(let index), .little(let index), .merge(let index): index
        case .head: 5
        }
    }

    /// How much DropBlock drops in the last two groups.
    var dropBlockScale: Float? {
        switch self {
        case .group(3), .big(3), .little(3), .merge(3): 0.25
        case .group(4): 1
        default: nil
        }
    }
}
