public import Checkpoint
public import Formats

/// Whose names the parameters of a network have in a file, as far as they tell who trained it.
public enum ParameterNames: Sendable, Equatable {
    /// The names of checkpoints, or others of a file that this suite wrote.
    case tensorFlow
    /// PyTorch's, in a file that does not say that it was made of a checkpoint.
    case pyTorch
}

/// Weights as they lie on disk, in whatever format: the one place that opens them for a tool.
///
/// V2 and V1 checkpoints, a SavedModel's variables, safetensors and npz files; the latter two with the names of checkpoints
/// or PyTorch's.
public struct WeightFile: Sendable {
    /// The tensors.
    public private(set) var tensors: any TensorSource
    /// Where they lie.
    public let place: NetworkFiles
    /// The files that are read.
    public let files: [String]
    /// What was understood other than to the letter, a sentence each.
    public private(set) var notes: [String]
    /// What may make figures wrong, a sentence each.
    public private(set) var warnings: [String] = []
    /// Entries that cannot be read, a sentence each; ``tensors`` is without them.
    public let faults: [String]
    /// Arrays that are whole but of a type that is not read, or damaged; ``tensors`` is without them.
    public private(set) var unread: [UnreadArray]
    /// Whose names they are.
    public private(set) var names = ParameterNames.tensorFlow
    /// Texts that the file carries besides its tensors.
    public let metadata: [String: String]

    /// What the file is, such as `V2 checkpoint`.
    public var kind: String { place.kind }
    /// The path that stands for all the files: a checkpoint's prefix, or the file.
    public var path: String { place.path }

    /// Opens what a path means.
    ///
    /// - Throws: `CheckpointError`, `FormatError`; ``NetworkError/graphOnly(path:)`` for a graph,
    ///   ``NetworkError/noWeights(path:)`` for a known file of another kind.
    public init(_ path: String) throws {
        try self.init(LocatedFile(path))
    }

    /// Opens what was found where a path leads.
    ///
    /// - Throws: as ``init(_:)`` does.
    package init(_ located: LocatedFile) throws {
        // Weights are one file or one checkpoint.
        let (path, note) = (located.paths[0], located.note)
        switch located.kind {
        case .checkpoint(let location), .savedModel(_, .some(let location)):
            try self.init(location)
        case .safeTensorsIndex:
            let reader = try SafeTensorsShards(index: path)
            self.init(
                named: reader,
                kind: "set of \(reader.paths.count - 1) safetensors files",
                path,
                reader.metadata,
                reader.unread,
                files: reader.paths
            )
        case .safeTensors:
            let reader = try SafeTensorsReader(path: path)
            self.init(
                named: reader,
                kind: "safetensors file",
                path,
                reader.metadata,
                reader.unread
            )
        case .numPyArchive:
            let reader = try NPZReader(path: path)
            self.init(named: reader, kind: "npz file", path, [:], reader.unread)
        case .graph, .metaGraph, .savedModel(_, .none): throw NetworkError.graphOnly(path: path)
        default:
            throw NetworkError.noWeights(path: path)
        }
        if let note { notes.insert(note, at: 0) }
    }

    /// Arrays that may have PyTorch's names.
    private init(
        named arrays: any TensorSource,
        kind: String,
        _ path: String,
        _ metadata: [String: String],
        _ unread: [UnreadArray],
        files: [String]? = nil
    ) {
        let renamed = TimmSource(arrays)
        tensors = renamed ?? arrays
        notes = []
        let files = files ?? [path]
        place = NetworkFiles(path, kind: kind, digested: files, digestSubject: "its bytes")
        self.files = files
        self.metadata = metadata
        self.unread = unread
        faults = []
        if renamed != nil { tellNames() }
    }

    /// Tensors that are open already, and say nothing of themselves.
    ///
    /// - Parameters:
    ///   - tensors: The tensors.
    ///   - place: Where they were read from.
    ///   - files: The files that are read.
    init(_ tensors: any TensorSource, at place: NetworkFiles, read files: [String]) {
        self.tensors = tensors
        self.place = place
        self.files = files
        notes = []
        faults = []
        unread = []
        metadata = [:]
    }

    /// Says what PyTorch's names are taken for, and what they may mean besides.
    private mutating func tellNames() {
        notes.append("PyTorch's names are taken for those of checkpoints, kernels for HWIO")
        // What this suite writes under these names says where it comes from.
        guard metadata[Self.sourceKey] == nil else { return }
        names = .pyTorch
        warnings.append(
            "\(path): PyTorch's networks want pictures that are divided by their deviation, too, and none are here; figures "
                + "are wrong if PyTorch trained the weights, unless --tensor gives pictures that were prepared so"
        )
    }

    /// The text of a file's metadata that has the digest of what it was made from.
    package static let sourceKey = "source_sha256"

    /// The same file with other tensors, all of which can be read.
    package func replacing(_ source: any TensorSource) -> WeightFile {
        var file = self
        let renamed = TimmSource(source)
        file.tensors = renamed ?? source
        if renamed != nil { file.tellNames() }
        file.unread = []
        return file
    }

    private init(_ location: CheckpointLocation) throws {
        let tensors = try location.open()
        self.tensors = tensors
        place = NetworkFiles(checkpoint: tensors, at: location.prefix)
        notes = location.notes
        metadata = [:]
        unread = []
        guard let bundle = tensors as? BundleReader else {
            files = place.digested
            faults = []
            return
        }
        // What is a stand-in for data has none of it.
        for fault in DataFileFault.faults(of: bundle) {
            guard let foreign = fault.foreign else { continue }
            throw FormatError.unknownFile(
                path: bundle.shardPath(fault.shard),
                reason: "this is \(foreign)"
            )
        }
        files = place.digested + (0..<bundle.shardCount).map { bundle.shardPath($0) }
        faults = bundle.faults.map { "\($0)" }
    }
}
