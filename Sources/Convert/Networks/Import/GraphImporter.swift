internal import Checkpoint
internal import Proto
package import Reference

/// Makes of a file's graph what inference computes.
///
///     source -> outputs found -> functions put in place, branches settled -> dropout out, batch norms turned
///            -> pictures found -> variables read -> nodes in order
struct GraphImporter {
    typealias Edge = FlatGraph.Edge

    let source: GraphSource
    let options: ImportOptions
    var settling: GraphSettling
    var notes: [String]
    var warnings: [String] = []
    /// The graph's file, and what its variables were read from.
    var files: NetworkFiles
    /// Every file that is read.
    var readFiles: [String]

    init(_ source: GraphSource, _ options: ImportOptions) throws(ImportProblem) {
        self.source = source
        var options = options
        if options.inputTensor == nil { options.inputTensor = source.preparedPictures }
        self.options = options
        settling = GraphSettling(try FlatGraph(source.meta), file: source.file)
        notes = source.notes
        readFiles = [source.path] + source.otherPaths
        files = NetworkFiles(
            source.path,
            kind: source.kind,
            digested: [source.path] + source.otherPaths,
            digestSubject: "its bytes"
        )
    }

    // MARK: Networks

    /// The graph from pictures to logits.
    ///
    /// - Parameter readsVariables: Whether it is to be computed; else its variables stay without values.
    /// - Returns: The graph.
    /// - Throws: ``NetworkError``, `CheckpointError`, `FormatError`, `ReferenceError`.
    mutating func network(readsVariables: Bool) throws -> ImportedGraph {
        let signature = try signature()
        try feed()
        keepPicturePlaceholders()
        var logits = try output(signature)
        let name = settling.graph.name(logits)
        let outputs = [logits]
        try settle(outputs) { importer in try? importer.pictures(signature, for: outputs) }
        if options.outputTensor == nil {
            logits = LogitsSearch(settling.graph).logits(logits)
        }
        try turn([logits])
        let pictures = try pictures(signature, for: [logits])
        settling.leaves = [pictures]
        let order = try settling.graph.order(from: [logits], leaves: settling.leaves)
        try check(order)
        let leafName = leafName(pictures)
        let emission = try GraphEmission(
            [logits],
            leaves: [pictures: leafName],
            settling,
            variables: readsVariables ? try variables(order) : [:]
        )
        let tensor = settling.graph.name(pictures)
        let shape = settling.graph.shape(pictures)
        if options.inputTensor == nil || source.preparedPictures != nil {
            notes.append("takes the pictures at \(tensor)")
        }
        if options.outputTensor == nil { notes.append("takes the logits at \(name)") }
        var names = emission.names
        if pictures.output == 0 { names[pictures.node] = leafName }
        let resolved = settling.graph.resolved(logits)
        let place = names[resolved.node] ?? leafName
        return ImportedGraph(
            files: files,
            nodes: emission.nodes,
            constants: emission.constants,
            pictures: .init(
                tensor: tensor,
                shape: shape,
                node: leafName,
                type: settling.graph.type(pictures) ?? .float32
            ),
            logits: name,
            notes: notes,
            warnings: warnings,
            logitsShape: settling.graph.shape(logits),
            places: GraphPlaces(graph: settling.graph, names: names),
            logitsNode: resolved.output == 0 ? place : "\(place):\(resolved.output)"
        )
    }
}

extension GraphSource {
    /// Computes any tensors with plain arithmetic, as the graph has them.
    ///
    /// - Parameters:
    ///   - tensors: Their names in the file, or in a signature.
    ///   - options: What is fed, and where the variables are.
    /// - Returns: The values in the same order, and what was understood other than to the letter.
    /// - Throws: ``NetworkError``, `CheckpointError`, `FormatError`, `ReferenceError`.
    package func values(
        of tensors: [String],
        _ options: ImportOptions
    ) throws -> (values: [ReferenceTensor], notes: [String]) {
        var importer: GraphImporter
        do throws(ImportProblem) { importer = try GraphImporter(self, options) } catch {
            throw NetworkError.imported(error)
        }
        return try importer.values(of: tensors)
    }
}

extension ImportedGraph {
    /// What inference computes of a file's graph.
    ///
    /// - Throws: ``NetworkError``, `CheckpointError`, `FormatError`, `ReferenceError`.
    public init(_ source: GraphSource, _ options: ImportOptions = ImportOptions()) throws {
        var importer: GraphImporter
        do throws(ImportProblem) { importer = try GraphImporter(source, options) } catch {
            throw NetworkError.imported(error)
        }
        self = try importer.network(readsVariables: true)
    }

    /// What inference computes of a file's graph, without the values of its variables: to be looked at.
    ///
    /// - Throws: ``NetworkError``, `CheckpointError`, `FormatError`, `ReferenceError`.
    public static func outline(
        _ source: GraphSource,
        _ options: ImportOptions = ImportOptions()
    ) throws -> ImportedGraph {
        var importer: GraphImporter
        do throws(ImportProblem) { importer = try GraphImporter(source, options) } catch {
            throw NetworkError.imported(error)
        }
        return try importer.network(readsVariables: false)
    }

    /// What inference computes of the graph that a path means.
    ///
    /// - Throws: ``NetworkError``, `CheckpointError`, `FormatError`, `ReferenceError`.
    public init(_ path: String, _ options: ImportOptions = ImportOptions()) throws {
        self = try ImportedGraph(GraphSource(path, options), options)
    }
}
