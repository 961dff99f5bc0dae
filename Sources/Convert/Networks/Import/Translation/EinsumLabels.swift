/// The axes of an equation such as `bij,bjk->bik` by number: those of one letter are the same.
///
/// Axes that `...` stands for have numbers below zero, counted from the last.
struct EinsumLabels {
    let operands: [[Int]]
    let result: [Int]

    /// The axes of operands with so many each; nil for what is no such equation, lacks its result, or has an axis twice in one.
    init?(_ equation: String, ranks: [Int]) {
        let bytes = equation.utf8.filter { $0 != UInt8(ascii: " ") }
        guard let arrow = bytes.firstIndex(of: UInt8(ascii: "-")),
            bytes.indices.contains(arrow + 1), bytes[arrow + 1] == UInt8(ascii: ">")
        else { return nil }
        let terms = bytes[..<arrow].split(
            separator: UInt8(ascii: ","),
            omittingEmptySubsequences: false
        )
        guard terms.count == ranks.count else { return nil }
        var operands: [[Int]] = []
        var hidden = 0
        for (term, rank) in zip(terms, ranks) {
            guard let labels = Self.labels(term, rank: rank) else { return nil }
            operands.append(labels)
            hidden = max(hidden, labels.count { $0 < 0 })
        }
        let output = bytes[(arrow + 2)...]
        let letters = output.count { $0 != UInt8(ascii: ".") }
        let isOpen = output.contains(UInt8(ascii: "."))
        guard
            let result = Self.labels(output, rank: letters + (isOpen ? hidden : 0)),
            Set(result).isSubset(of: operands.flatMap { $0 })
        else { return nil }
        self.operands = operands
        self.result = result
    }

    private static func labels(_ term: some Collection<UInt8>, rank: Int) -> [Int]? {
        let dot = UInt8(ascii: ".")
        let letters = term.filter { $0 != dot }
        let dots = term.count - letters.count
        guard letters.allSatisfy({ (65...90).contains($0) || (97...122).contains($0) }),
            dots == 0 || dots == 3, letters.count <= rank, dots == 3 || letters.count == rank
        else { return nil }
        var labels: [Int] = []
        var seen = 0
        for byte in term {
            guard byte == dot else {
                guard seen == 0 || seen == 3 else { return nil }
                labels.append(Int(byte))
                continue
            }
            seen += 1
            if seen == 1 { labels += (0..<(rank - letters.count)).reversed().map { -1 - $0 } }
        }
        return Set(labels).count == labels.count ? labels : nil
    }

    /// How long each axis is; nil if that is not the same wherever it stands.
    func extents(_ shapes: [[Int]]) -> [Int: Int]? {
        var extents: [Int: Int] = [:]
        for (labels, shape) in zip(operands, shapes) {
            guard labels.count == shape.count else { return nil }
            for (label, extent) in zip(labels, shape) {
                guard extents[label, default: extent] == extent else { return nil }
                extents[label] = extent
            }
        }
        return extents
    }
}
