public import Checkpoint
public import Proto

/// The result of a conversion in one format: its files, the writing, and the proof.
///
/// A format is a type that conforms, and a case of ``ConversionFormat``.
public protocol ConversionTarget {
    /// What the format can hold.
    static var traits: ConversionTraits { get }
    /// The end of a file's name that tells the format; nil where none does.
    static var ending: String? { get }

    /// Plans a result.
    ///
    /// - Throws: ``ConversionError`` for what the format cannot hold.
    init(_ job: ConversionJob) throws(ConversionError)

    /// What is converted.
    var job: ConversionJob { get }
    /// The files that hold the weights and the network.
    var files: [String] { get }
    /// What is left behind: files, or the folders of models.
    var results: [String] { get }
    /// What must not be there before, unless it may be replaced.
    var places: [String] { get }
    /// The graphs that are written, for the proof.
    var graphs: [GraphProof.Place] { get }

    /// The large files with their sizes, before anything is written; none where the tensors say it all.
    ///
    /// - Throws: ``ConversionError``.
    func sizes() throws(ConversionError) -> [(path: String, byteCount: Int)]

    /// Writes the result.
    ///
    /// - Throws: ``ConversionError``.
    func write() throws(ConversionError)

    /// Where the inputs and outputs of an imported network are in the graph that is written; nil for formats that hold none.
    var importedPlaces: ImportedPlaces? { get }

    /// What the graphs that were written of an imported network make of fixed inputs, compared with the network.
    ///
    /// - Throws: ``ConversionError``.
    func proveImported() throws(ConversionError) -> [OutputComparison]

    /// Compares what was written, as its readers see it, with what it was made of.
    ///
    /// - Throws: ``ConversionError``.
    func prove() throws(ConversionError) -> ConversionProof

    /// Opens everything that holds the tensors of a result one by one.
    ///
    /// - Parameters:
    ///   - path: The path that stands for the result.
    ///   - files: Its files.
    ///   - names: Its tensors.
    /// - Returns: A source for each place; none for formats that do not store them one by one.
    /// - Throws: ``ConversionError``.
    static func reopen(
        _ path: String,
        files: [String],
        names: Set<Name>
    ) throws(ConversionError) -> [any TensorSource]
}

/// What a format can hold besides tensors.
public struct ConversionTraits: OptionSet, Sendable {
    /// A bit for each trait.
    public let rawValue: Int

    /// The traits of these bits.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// The network itself, and not only its weights.
    public static let network = ConversionTraits(rawValue: 1 << 0)
    /// What is known of a network besides its weights.
    public static let facts = ConversionTraits(rawValue: 1 << 1)
    /// Parameters under PyTorch's names.
    public static let parameterNames = ConversionTraits(rawValue: 1 << 2)
    /// Those names always.
    public static let parameterNamesOnly = ConversionTraits(rawValue: 1 << 3)
    /// Tensors divided over several files.
    public static let shards = ConversionTraits(rawValue: 1 << 4)
    /// A graph beside the tensors, where the network is known.
    public static let graphBeside = ConversionTraits(rawValue: 1 << 5)
    /// Numbers of other types than float32.
    public static let types = ConversionTraits(rawValue: 1 << 6)
}

/// What the comparison of a result with its source says.
public struct ConversionProof: Sendable {
    /// The tensors, for each place that holds them.
    public let tensors: [TensorProof]
    /// The logits, of formats that hold a network; those that differ most.
    public let logits: LogitComparison?
    /// The outputs of an imported network, of formats that hold it.
    public let outputs: [OutputComparison]

    init(
        tensors: [TensorProof],
        logits: LogitComparison? = nil,
        outputs: [OutputComparison] = []
    ) {
        self.tensors = tensors
        self.logits = logits
        self.outputs = outputs
    }
}

extension ConversionTarget {
    /// None.
    public static var ending: String? { nil }

    /// The path that stands for the result, as one file.
    public var files: [String] { [job.path] }
    /// The files.
    public var results: [String] { files }
    /// What is left behind.
    public var places: [String] { results }
    /// None.
    public var graphs: [GraphProof.Place] { [] }

    /// None.
    public func sizes() throws(ConversionError) -> [(path: String, byteCount: Int)] { [] }

    /// Nowhere.
    public var importedPlaces: ImportedPlaces? { nil }
    /// None.
    public func proveImported() throws(ConversionError) -> [OutputComparison] { [] }

    /// Compares the tensors of every place that holds them, and the logits of every graph.
    ///
    /// - Throws: ``ConversionError``.
    public func prove() throws(ConversionError) -> ConversionProof {
        var tensors: [TensorProof] = []
        for result in try reopen() {
            tensors.append(try TensorProof(job.plan, of: job.source, in: result))
        }
        // Numbers that do not fit the tensors need not be computed with.
        guard tensors.allSatisfy(\.faults.isEmpty) else { return ConversionProof(tensors: tensors) }
        guard let network = job.network else {
            return ConversionProof(tensors: tensors, outputs: try proveImported())
        }
        var logits: LogitComparison?
        for place in graphs {
            let found = try GraphProof.compare(place, network.plan, from: job.source)
            guard let worst = logits else {
                logits = found
                continue
            }
            if LogitComparison.isBetter(worst, found) { logits = found }
        }
        return ConversionProof(tensors: tensors, logits: logits)
    }

    /// Opens everything that holds the tensors one by one, as ``reopen(_:files:names:)`` does.
    ///
    /// - Returns: A source for each place.
    /// - Throws: ``ConversionError``.
    public func reopen() throws(ConversionError) -> [any TensorSource] {
        try Self.reopen(
            job.path,
            files: files,
            names: Set(job.plan.items.map { Name($0.name) })
        )
    }
}
