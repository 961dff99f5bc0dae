import Checkpoint
import Convert
import Engine
import Formats
import Networks
import Pictures
import ToolSupport

/// What is converted: tensors, where they come from, and what they are the weights of.
struct ConversionInput {
    let file: WeightFile
    /// What became of the tensors before the network was recognised, if anything.
    let renaming: ConversionPlan?
    /// The network that the tensors are the weights of.
    let network: Network?
    /// The network, where it is a graph from elsewhere, whose parameters the tensors are.
    let imported: ImportedInput?
    /// Why there is none.
    let reason: String?
    /// What is known of the network besides its weights.
    let record: NetworkRecord?
    /// Texts that are handed on.
    let metadata: [String: String]

    /// What goes beside an export; nil where nothing is known of the network.
    ///
    /// `preprocessing` is how its pictures are prepared, where that is settled.
    func configuration(_ preprocessing: Preprocessing?) -> NetworkConfiguration? {
        guard let record else { return nil }
        let facts = imported?.facts ?? network?.input.facts ?? []
        let isKnown = facts.contains { $0.name == "preprocessing_type" && $0.origin != .assumed }
        return NetworkConfiguration(
            architecture: architecture,
            classes: network?.classes ?? imported?.classes,
            record,
            isKnown ? preprocessing ?? network?.input.preprocessing ?? imported?.preparation : nil
        )
    }

    /// What the network is called: as published, by its size, or as its file is.
    private var architecture: String {
        if case .family(let model)? = network?.model {
            let settings = model.configuration
            let published = (try? ModelDescription(model.identified))?.published.first
            return published?.rawValue ?? "resnet-\(settings.size)-v\(settings.version)"
        }
        let name = file.path.split(separator: "/").last.map { String($0) } ?? file.path
        return name.split(separator: ".").first.map { String($0) } ?? name
    }

    /// Opens a file.
    ///
    /// - Parameters:
    ///   - path: What the user named.
    ///   - renaming: Which of its tensors are meant and what they are called, where that comes before the network is
    ///     recognised.
    ///   - needsNetwork: Whether it must hold a network.
    ///   - decodes: Whether encoded pictures are to go into a graph.
    ///   - options: What is said of the network.
    ///   - diagnostics: Is told how the path was understood.
    /// - Throws: ``ToolError``, also where tensors are those of no network, and one is needed or described.
    init(
        _ path: String,
        renaming: ConversionRequest? = nil,
        needsNetwork: Bool,
        decodes: Bool = false,
        _ options: ParsedOptions,
        _ diagnostics: Diagnostics
    ) throws {
        let located = try ToolError.about(nil) { try LocatedFile(path) }
        if let imported = try ImportedInput.found(
            at: path,
            located,
            needsNetwork: needsNetwork,
            decodes: decodes,
            options,
            diagnostics
        ) {
            self.imported = imported
            file = WeightFile(imported.graph)
            (self.renaming, network, reason) = (nil, nil, nil)
            let record = imported.record
            self.record = record
            let digest = try ToolError.about(nil) { try imported.graph.files.digest() }
            metadata = [WeightFile.sourceKey: digest]
                .merging(record.metadata) { _, known in known }
            return
        }
        imported = nil
        var file = try ToolError.about(nil) { try WeightFile(located) }
        if let renaming {
            do throws(ConversionError) {
                let renamed = try file.renamed(renaming)
                file = renamed.file
                self.renaming = renamed.plan
            } catch {
                throw Conversion.problem(error, path)
            }
        } else {
            self.renaming = nil
        }
        self.file = file
        for note in file.notes { diagnostics.note(note) }
        for warning in file.warnings { diagnostics.warning(warning) }
        if let fault = file.faults.first {
            throw ToolError(
                .file,
                "\(fault)\n\(file.faults.count) entries are damaged; 'inspect --salvage' saves "
                    + "the others"
            )
        }
        let request = try NetworkRequest(options)
        do {
            network = try ToolError.about(networkIn: file.path) { try Network(file, request) }
            reason = nil
        } catch let error as ToolError
            where error.exitCode == .mismatch && !needsNetwork && request.model == ModelRequest()
        {
            network = nil
            reason = error.sentence.split(separator: "\n").first.map(String.init) ?? ""
        }
        record = try network.map { network in
            try ToolError.about(nil) {
                try NetworkRecord(network, classNames: network.classNames())
            }
        }
        var texts = file.metadata
        if texts.isEmpty {
            texts = network.map(Self.architecture) ?? [:]
            texts[WeightFile.sourceKey] =
                try ToolError.about(nil) { try file.place.digest() }
        }
        metadata = texts.merging(record?.metadata ?? [:]) { _, known in known }
    }

    /// The flags of a network that its variables tell.
    private static func architecture(_ network: Network) -> [String: String] {
        guard let family = try? network.family(),
            let model = try? ModelDescription(family.identified)
        else {
            return [:]
        }
        var texts = Dictionary(model.flags.map { ($0.name, $0.value) }) { first, _ in first }
        texts["num_classes"] = String(model.configuration.classes)
        return texts
    }
}
