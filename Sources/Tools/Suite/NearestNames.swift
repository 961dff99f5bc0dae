/// The names that are most like one that is not there: at most `limit`, the most like first.
///
/// A name is like another when few letters must be put in, left out, replaced or swapped, or when it
/// begins with it. Of equally like names the earlier one comes first.
package func nearestNames(
    to name: String,
    among names: [String],
    limit: Int = 3
) -> [String] {
    let letters = Array(name.unicodeScalars)
    let furthest = max(2, letters.count / 3)
    var found: [(name: String, distance: Int)] = []
    for candidate in names {
        let others = Array(candidate.unicodeScalars)
        let startsAlike = letters.count >= 3 && others.starts(with: letters)
        let distance = startsAlike ? 1 : editDistance(letters, others)
        if distance <= furthest { found.append((candidate, distance)) }
    }
    let best = found.map(\.distance).min() ?? 0
    let near = found.filter { $0.distance <= best + 1 }
    return near.enumerated()
        .sorted { ($0.element.distance, $0.offset) < ($1.element.distance, $1.offset) }
        .prefix(limit)
        .map(\.element.name)
}

/// How many letters must be put in, left out, replaced, or swapped with the next.
private func editDistance(_ from: [Unicode.Scalar], _ to: [Unicode.Scalar]) -> Int {
    var twoAgo: [Int] = []
    var previous = Array(0...to.count)
    for row in from.indices {
        var current = [row + 1]
        for column in to.indices {
            let isEqual = from[row] == to[column]
            var cost = min(
                previous[column + 1] + 1,
                current[column] + 1,
                previous[column] + (isEqual ? 0 : 1)
            )
            if row > 0, column > 0, from[row] == to[column - 1], from[row - 1] == to[column] {
                cost = min(cost, twoAgo[column - 1] + 1)
            }
            current.append(cost)
        }
        twoAgo = previous
        previous = current
    }
    return previous[to.count]
}
