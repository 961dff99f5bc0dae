internal import Proto

/// The architecture that a checkpoint's variables amount to, read from their names and shapes alone.
///
/// A checkpoint cannot tell anti-aliasing, the kind of pooling where it has no variables, nor whether the last group
/// keeps its resolution: these have no variables. ``configuration`` has the published defaults there.
public struct IdentifiedModel: Sendable {
    /// The settings that could be told, and the published defaults for the others.
    public let configuration: ModelConfiguration
    /// Every beta that gives these variables; empty in version 1.
    public let possibleBetas: [Int]
    /// Where the checkpoint differs from the nearest network of the family; empty if it is one.
    public let differences: Differences

    /// Whether whole blocks are missing, added or different, so that this is some other network, which merely has names
    /// like the family's.
    public let isAnotherNetwork: Bool
    /// How many variables the nearest network has.
    public let variableCount: Int

    /// The flattened area in front of the classifier, 1 unless the pooling is `flatten`.
    let flattenedArea: Int

    /// Reads the architecture.
    ///
    /// - Throws: ``NetworkError/notOfTheFamily(_:)`` if there is too little to go by.
    public init(_ inventory: CheckpointInventory) throws(NetworkError) {
        let variables = inventory.model
        var model = ModelConfiguration()

        func shape(_ path: String, rank: Int) -> [Int]? {
            let shape = variables[Name("\(VariableNames.scope)/\(path)")]
            return shape?.count == rank && shape?.allSatisfy { $0 > 0 } == true ? shape : nil
        }
        let versionTwo = "\(VariableNames.scope)/stage0/"
        let isBigLittle = variables.keys.contains { $0.text.hasPrefix(versionTwo) }
        model.version = isBigLittle ? 2 : 1
        let stem = isBigLittle ? "stage0/" : ""
        guard let first = shape("\(stem)conv2d/kernel", rank: 4) else {
            throw .notOfTheFamily("there is no \(VariableNames.scope)/\(stem)conv2d/kernel")
        }
        guard let classifier = shape("dense/kernel", rank: 2) else {
            throw .notOfTheFamily("there is no \(VariableNames.scope)/dense/kernel")
        }
        model.usesResNetD = first[0] == 3
        model.width =
            model.usesResNetD
            ? shape("\(stem)conv2d_2/kernel", rank: 4)?[3] ?? first[3] * 2 : first[3]
        model.classes = classifier[1]
        let blocks = BlockTally(variables, width: model.width)
        model.usesSqueezeExcitation = blocks.hasSqueezeExcitation
        model.usesSelectiveKernel = blocks.hasSelectiveKernel
        let embedding = shape("embedding_dense/kernel", rank: 4)
        model.embeddingSize = embedding?[3] ?? 0
        guard (1...4096).contains(model.width) else {
            throw .notOfTheFamily("the first stage has \(model.width) channels")
        }

        // What is flattened has more features than the last group has channels.
        let features = embedding?[2] ?? classifier[0]
        let channels = 32 * model.width
        flattenedArea = features > channels && features % channels == 0 ? features / channels : 1
        if flattenedArea > 1 { model.pooling = .flatten }

        // A graph is built only of what has as many blocks as the checkpoint, or most nearly so.
        let candidates = Self.candidates(model, variables).map {
            (model: $0, distance: blocks.distance(from: $0))
        }
        let nearest = candidates.map(\.distance).min()
        var best: (model: ModelConfiguration, differences: Differences)?
        for (candidate, distance) in candidates
        where distance == nearest && best?.differences.isEmpty != true {
            let differences = try Self.differences(
                of: variables,
                from: candidate,
                flattenedArea: flattenedArea
            )
            if let found = best, differences.count >= found.differences.count { continue }
            best = (candidate, differences)
        }
        guard let best else { throw .notOfTheFamily("no network has such variables") }
        configuration = best.model
        differences = best.differences
        variableCount =
            variables.count - best.differences.unexpected.count + best.differences.missing.count
        // A file that has lost a few tensors is still the network that it was; a block has more variables than that.
        let count = best.differences.count
        isAnotherNetwork = count * 20 > variableCount || (count > 5 && nearest != 0)
        possibleBetas = isBigLittle ? Self.betas(likeThatOf: best.model) : []
    }

    /// The settings that could give such variables, the published ones first.
    private static func candidates(
        _ model: ModelConfiguration,
        _ variables: [Name: [Int]]
    ) -> [ModelConfiguration] {
        let sizes = ModelConfiguration.blockTables[model.version, default: [:]].keys.sorted()
        guard model.version == 2 else {
            return sizes.map { size in
                var candidate = model
                candidate.size = size
                return candidate
            }
        }
        let alphas = alphas(model, variables)
        return sizes.flatMap { size in
            alphas.flatMap { alpha in
                var candidate = model
                candidate.size = size
                candidate.alpha = alpha
                return distinctBetas(candidate).map { beta in
                    candidate.beta = beta
                    return candidate
                }
            }
        }
    }

    /// Every beta that leaves the little branches of some group more than none, and a larger one.
    private static func allBetas(_ model: ModelConfiguration) -> ClosedRange<Int> {
        1...(ModelConfiguration.blockTables[2]?[model.size]?.max() ?? 1)
    }

    /// The betas that give the same network as the model's own.
    private static func betas(likeThatOf model: ModelConfiguration) -> [Int] {
        allBetas(model).filter { beta in
            var other = model
            other.beta = beta
            return other.littleBlockCounts == model.littleBlockCounts
        }
    }

    /// One beta for each different network, the published ones where they will do.
    private static func distinctBetas(_ model: ModelConfiguration) -> [Int] {
        var seen: Set<[Int]> = []
        let published = [4, 2]
        return (published + allBetas(model).filter { !published.contains($0) }).filter { beta in
            var candidate = model
            candidate.beta = beta
            return seen.insert(candidate.littleBlockCounts).inserted
        }
    }

    /// The divisors that give the little branches their channels; one, unless the variables contradict each other.
    private static func alphas(
        _ model: ModelConfiguration,
        _ variables: [Name: [Int]]
    ) -> [Int] {
        func channels(_ path: String) -> Int? {
            variables[Name("\(VariableNames.scope)/\(path)/kernel")]?.last
        }
        let fitting = (1...model.width).filter { alpha in
            channels("stage0/pool/conv2d_1") == model.width / alpha
                && channels("stage1/little1/conv2d_1") == model.width / alpha
                && channels("stage2/little2/conv2d_1") == 2 * model.width / alpha
                && channels("stage3/little3/conv2d_1") == 4 * model.width / alpha
        }
        return fitting.isEmpty ? [ModelConfiguration().alpha] : fitting
    }

    /// Compares a checkpoint's variables with those of a configuration.
    static func differences(
        of variables: [Name: [Int]],
        from model: ModelConfiguration,
        flattenedArea: Int
    ) throws(NetworkError) -> Differences {
        do {
            // The picture size decides nothing but the features of a flattened classifier.
            let side = Int(Double(flattenedArea).squareRoot().rounded())
            let network = try FamilyNetwork(
                model,
                imageSize: max(side * model.totalStride, 64)
            )
            return Differences(
                found: variables,
                expected: VariableNames(network).variables.map { ($0.name, $0.shape) }
            )
        } catch {
            throw .graph(error)
        }
    }
}

extension ModelConfiguration {
    /// Pixels of the picture for one of the last activations.
    package var totalStride: Int { keepsLastResolution ? 16 : 32 }
}
