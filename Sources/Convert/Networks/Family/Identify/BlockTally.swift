internal import Proto

/// How many bottlenecks a checkpoint has in each part of a network.
///
/// Every bottleneck has one 3x3 convolution. In version 1, all of them lie in one scope and the channels that go in tell the
/// group; in version 2, each group and branch has a scope of its own.
struct BlockTally {
    /// Whether some block weighs its channels.
    private(set) var hasSqueezeExcitation = false
    /// Whether some block mixes two branches.
    private(set) var hasSelectiveKernel = false

    private var byScope: [String: Int] = [:]
    private var byGroup = [0, 0, 0, 0]

    /// Counts the blocks among a model's variables.
    init(_ variables: [Name: [Int]], width: Int) {
        for (key, shape) in variables {
            let name = key.text
            // Comparing bytes: a search for a text in each name would take most of a listing's time.
            let bytes = name.utf8
            guard bytes.last == UInt8(ascii: "l") else { continue }
            if name.hasSuffix("/seblock_dense_1/kernel") { hasSqueezeExcitation = true }
            if name.hasSuffix("/sk_fc_1/kernel") { hasSelectiveKernel = true }
            guard shape.count == 4, shape[0] == 3, shape[1] == 3 else { continue }
            var slashes = bytes.indices.reversed().lazy.filter { bytes[$0] == UInt8(ascii: "/") }
                .makeIterator()
            guard slashes.next() != nil, let end = slashes.next() else { continue }
            byScope[String(name[..<end]), default: 0] += 1
            if let group = byGroup.indices.first(where: { shape[2] == width << $0 }) {
                byGroup[group] += 1
            }
        }
    }

    /// By how many blocks a configuration differs.
    func distance(from model: ModelConfiguration) -> Int {
        let counts = (try? model.blockCounts()) ?? []
        guard model.version == 2 else {
            return zip(counts, byGroup).reduce(0) { $0 + abs($1.0 - $1.1) }
        }
        var sum = 0
        func compare(_ section: Section, _ expected: Int) {
            let scope = VariableNames.scope(of: section, isBigLittle: true)
            sum += abs(byScope[scope, default: 0] - expected)
        }
        for (index, little) in model.littleBlockCounts.enumerated() where index < counts.count {
            compare(.big(index + 1), counts[index] - 1)
            compare(.little(index + 1), little)
        }
        if let last = counts.last { compare(.group(counts.count), last) }
        return sum
    }
}
