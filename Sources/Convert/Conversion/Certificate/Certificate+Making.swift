public import Checkpoint
internal import Engine
public import Networks
internal import Proto
internal import Reference

extension Certificate {
    /// The network of a conversion, for the certificate.
    public struct NetworkFacts: Sendable {
        let plan: NetworkPlan
        let configuration: ModelConfiguration
        let set: WeightSet
        let graph: LogitComparison?

        /// The network's facts.
        ///
        /// - Parameters:
        ///   - plan: The network and its weights.
        ///   - configuration: Its settings.
        ///   - set: Which values are the weights.
        ///   - graph: What the written graph computes, compared with it.
        public init(
            _ plan: NetworkPlan,
            _ configuration: ModelConfiguration,
            _ set: WeightSet,
            graph: LogitComparison?
        ) {
            self.plan = plan
            self.configuration = configuration
            self.set = set
            self.graph = graph
        }
    }

    /// Certifies a conversion whose result is there.
    ///
    /// - Parameters:
    ///   - tool: The version of the suite.
    ///   - path: Where the certificate will be.
    ///   - source: What was read.
    ///   - plan: What became of its tensors.
    ///   - format: The format of the result.
    ///   - target: The path that stands for the result.
    ///   - files: The files of the result.
    ///   - result: The tensors of the result; nil where they are not stored one by one.
    ///   - network: The network, where it is known.
    ///   - imported: The network, where it is a graph from elsewhere.
    /// - Throws: ``ConversionError``.
    public init(
        tool: String,
        path: String,
        source: WeightFile,
        plan: ConversionPlan,
        format: String,
        target: String,
        files: [String],
        result: (any TensorSource)?,
        network: NetworkFacts?,
        imported: ImportedFacts? = nil
    ) throws(ConversionError) {
        self.tool = tool
        self.source = try Side(
            source.kind,
            path: source.path,
            files: source.files,
            certificate: path
        )
        self.result = try Side(format, path: target, files: files, certificate: path)
        self.format = format
        leftOut = plan.leftOut
        tensors = []
        for item in plan.items {
            let digest: String
            if let result {
                guard let written = result.tensor(named: item.name) else {
                    throw .unwritable(path: path, reason: "'\(item.name)' was not written")
                }
                digest = try Self.digest(written, of: result)
            } else {
                digest = try Self.digest(item, of: source.tensors)
            }
            tensors.append(
                Tensor(
                    name: item.name,
                    source: item.source.name,
                    dtype: item.dataType.name,
                    sourceDtype: item.source.dataType.name,
                    shape: item.shape,
                    sha256: digest
                )
            )
        }
        if let imported { answers = try Answers(imported, plan, source.tensors) }
        guard let network else { return }
        self.network = try Network(network, source.tensors)
    }

    /// SHA-256 of the elements that an item has in the result.
    private static func digest(
        _ item: ConversionPlan.Item,
        of source: any TensorSource
    ) throws(ConversionError) -> String {
        guard item.isCast || item.hasOutputsFirst else {
            return try digest(item.source, of: source)
        }
        let bytes = try source.bytes(for: item)
        return unsafe SHA256.hex(of: bytes.buffer.bytes)
    }
}

extension Certificate.Network {
    fileprivate init(
        _ facts: Certificate.NetworkFacts,
        _ source: any TensorSource
    ) throws(ConversionError) {
        settings = Certificate.Settings(facts.configuration)
        imageSize = facts.plan.graph.input.height
        weights = facts.set.rawValue
        pictures = FixedPictures.rule
        let values = try GraphProof.engineLogits(
            facts.plan,
            source,
            GraphProof.fixedPictures(facts.plan)
        )
        let classes = values.count / GraphProof.pictureCount
        logits = (0..<GraphProof.pictureCount).map {
            Array(values[($0 * classes)..<(($0 + 1) * classes)])
        }
        graph = facts.graph.map {
            Certificate.GraphDifference(
                largest: $0.largestDifference,
                largestRelative: $0.largestRelativeDifference
            )
        }
    }
}

extension FixedPictures {
    /// How the pictures are made, for whoever wants to make them again.
    static let rule =
        "uint8 of picture p, row y, column x, channel c, in whole numbers: "
        + "min(255, (wave(x*(c+1)+y, n) + wave(2*y+x*p+11*c, n+29))*120/100 + noise), n = 24+17*((p+c)%5), "
        + "wave(k, n) = (k%(2n) < n ? k%(2n) : 2n-k%(2n))*100/n, noise = the top 4 bits of the next number of "
        + "splitmix64 from the state p*0x9E3779B97F4A7C15, one for each value in the order [y, x, c]; "
        + "less 123.68, 116.78, 103.94"
}
