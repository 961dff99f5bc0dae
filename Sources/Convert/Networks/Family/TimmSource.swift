internal import Checkpoint
internal import Engine
internal import Proto

/// Weights under PyTorch's names as a checkpoint has them: its names, and kernels with their outputs last.
///
/// What the network is follows from names and shapes. Tensors that are no parameters of it stay as they are.
struct TimmSource: TensorSource {
    let tensors: [TensorEntry]
    private let source: any TensorSource
    private let originals: [[UInt8]: TensorEntry]

    /// Renames the parameters of a network; nil if these are not all there.
    init?(_ source: any TensorSource) {
        let shapes = Dictionary(
            uniqueKeysWithValues: source.tensors.map { (Name($0.name), $0.shape) }
        )
        guard let names = Self.names(shapes) else { return nil }
        var tensors: [TensorEntry] = []
        var originals: [[UInt8]: TensorEntry] = [:]
        for entry in source.tensors {
            guard let name = names[Name(entry.name)] else {
                tensors.append(entry)
                continue
            }
            let isKernel = entry.shape.count == 2 || entry.shape.count == 4
            tensors.append(
                TensorEntry(
                    array: Array(name.utf8),
                    entry.dataType,
                    shape: isKernel ? KernelLayout.outputsLast(entry.shape) : entry.shape,
                    offset: Int(entry.offset),
                    byteCount: Int(entry.byteCount)
                )
            )
            originals[Array(name.utf8)] = entry
        }
        self.tensors = tensors.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        self.source = source
        self.originals = originals
    }

    func bytes(
        of tensor: TensorEntry,
        verifies: Bool
    ) throws(CheckpointError) -> StoredBytes {
        guard let original = originals[tensor.key] else {
            return try source.bytes(of: tensor, verifies: verifies)
        }
        let stored = try source.bytes(of: original, verifies: verifies)
        guard original.shape.count == 2 || original.shape.count == 4,
            let width = original.dataType.byteCount
        else { return stored }
        let bytes = unsafe KernelLayout.outputsLast(
            stored.buffer,
            shape: original.shape,
            width: width
        )
        try stored.checkIntact()
        return StoredBytes(bytes)
    }

    func strings(of tensor: TensorEntry) throws(CheckpointError) -> [[UInt8]] {
        try source.strings(of: tensor)
    }
}

extension TimmSource {
    /// The names of checkpoints by those in the file, if the file holds a network of the family.
    private static func names(_ shapes: [Name: [Int]]) -> [Name: String]? {
        guard let classifier = shapes["fc.weight"], classifier.count == 2,
            let first = shapes["conv1.weight"] ?? shapes["conv1.6.weight"], first.count == 4,
            (1...4096).contains(first[0])
        else { return nil }
        var model = ModelConfiguration()
        model.width = first[0]
        model.classes = classifier[0]
        model.usesResNetD = shapes["conv1.6.weight"] != nil
        model.version = shapes["layer1.big.0.conv1.weight"] == nil ? 1 : 2
        model.usesSqueezeExcitation = shapes.keys.contains { $0.text.hasSuffix(".se.fc1.weight") }
        model.usesSelectiveKernel = shapes.keys.contains {
            $0.text.hasSuffix(".conv2.attn.fc_reduce.weight")
        }
        model.embeddingSize = shapes["embedding.conv.weight"]?.first ?? 0
        let features = shapes["embedding.conv.weight"]?.dropFirst().first ?? classifier[1]
        let channels = 32 * model.width
        var side = 7
        if features != channels, features > 0, features.isMultiple(of: channels) {
            model.pooling = .flatten
            side = Int(Double(features / channels).squareRoot().rounded())
        }
        for candidate in candidates(model, shapes) {
            let stride = candidate.keepsLastResolution ? 16 : 32
            guard (1...512).contains(side),
                let network = try? FamilyNetwork(candidate, imageSize: side * stride)
            else { continue }
            let variables = VariableNames(network).variables
            let names = TimmNames(network).byVariable
            let isThere = variables.allSatisfy { variable in
                guard let found = names[variable.name].flatMap({ shapes[Name($0)] }) else {
                    return false
                }
                let isKernel = variable.shape.count == 2 || variable.shape.count == 4
                return found
                    == (isKernel ? KernelLayout.outputsFirst(variable.shape) : variable.shape)
            }
            if isThere {
                guard !hasMore(shapes, than: names.values) else { return nil }
                return Dictionary(names.map { (Name($0.value), $0.key) }) { first, _ in first }
            }
        }
        return nil
    }

    /// Whether a file holds parameters of the network's modules that the network has not, such as biases: then it is another.
    private static func hasMore(
        _ shapes: [Name: [Int]],
        than names: some Sequence<String>
    ) -> Bool {
        func module(_ name: String) -> Substring? {
            name.lastIndex(of: ".").map { name[..<$0] }
        }
        let known = Set(names.map { Name($0) })
        let modules = Set(names.compactMap { module($0) }.map { Name(String($0)) })
        return shapes.keys.contains { name in
            let isParameter = [".weight", ".bias"].contains { name.text.hasSuffix($0) }
            guard isParameter, !known.contains(name), let module = module(name.text) else {
                return false
            }
            return modules.contains(Name(String(module))) || module.hasPrefix("layer")
        }
    }

    /// The networks that have as many blocks.
    private static func candidates(
        _ model: ModelConfiguration,
        _ shapes: [Name: [Int]]
    ) -> [ModelConfiguration] {
        func blocks(_ group: String) -> Int {
            (0..<1000).first { shapes[Name("\(group).\($0).conv1.weight")] == nil } ?? 0
        }
        let sizes = ModelConfiguration.blockTables[model.version, default: [:]].filter {
            _,
            counts in
            counts.indices.allSatisfy { index in
                let group = "layer\(index + 1)"
                guard model.version == 2, index < 3 else { return blocks(group) == counts[index] }
                return blocks("\(group).big") == counts[index] - 1
            }
        }
        var alphas = [model.alpha]
        var littles: [Int] = []
        if model.version == 2 {
            let narrow = shapes["stem.little.0.conv.weight"]?.first ?? 0
            alphas = (1...model.width).filter { model.width / $0 == narrow }
            littles = (1...3).map { blocks("layer\($0).little") }
        }
        var found: [ModelConfiguration] = []
        for size in sizes.keys.sorted() {
            for alpha in alphas {
                for (keepsLast, blurs) in [
                    (false, false), (true, false), (false, true), (true, true),
                ] {
                    var candidate = model
                    candidate.size = size
                    candidate.alpha = alpha
                    candidate.keepsLastResolution = keepsLast
                    candidate.antiAliasesProjections = blurs
                    if model.version == 2 {
                        let beta = (1...64).first { beta in
                            candidate.beta = beta
                            return candidate.littleBlockCounts == littles
                        }
                        guard let beta else { continue }
                        candidate.beta = beta
                    }
                    found.append(candidate)
                }
            }
        }
        return found
    }
}
