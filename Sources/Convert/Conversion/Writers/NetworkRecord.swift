public import Data
internal import Formats
internal import Foundation
public import Networks

/// What is known of a network besides its weights, so that it goes with them wherever they go: as texts in a file, or as files
/// beside it.
///
/// What was only assumed is not among it.
public struct NetworkRecord: Sendable {
    /// Flags by their published names, sorted by these.
    private let flags: [(name: String, value: String)]
    private let classNames: [String]

    /// What is known of a network, and what its classes are called.
    public init(_ network: Network, classNames: ClassNames?) {
        self.init(
            network.facts + network.input.facts,
            recorded: network.recorded,
            classNames: classNames
        )
    }

    /// Facts about a network, what is recorded of it, and what its classes are called.
    public init(_ facts: [NetworkFact], recorded: RecordedFlags?, classNames: ClassNames?) {
        let known = facts.filter { $0.origin != .assumed }
        var values = Dictionary(known.map { ($0.name, $0.value) }) { first, _ in first }
        if let offset = recorded?.values[RecordedFlags.labelOffset], Int(offset) != nil {
            values[RecordedFlags.labelOffset] = offset
        }
        if let kind = recorded?.values[RecordedFlags.dataKind],
            ["records", "folders"].contains(kind)
        {
            values[RecordedFlags.dataKind] = kind
        }
        flags = values.map { ($0.key, $0.value) }.sorted { $0.name < $1.name }
        self.classNames = classNames?.names ?? []
    }

    /// The flags as they would be typed.
    public var summary: String { flags.map { "--\($0.name)=\($0.value)" }.joined(separator: " ") }

    /// What the classes are called; none where that is not known.
    var names: [String] { classNames }

    /// Texts for the metadata of a file.
    public var metadata: [String: String] {
        var texts = Dictionary(flags.map { ($0.name, $0.value) }) { first, _ in first }
        if !classNames.isEmpty {
            texts[RecordedFlags.classNames] = classNames.joined(separator: "\n")
        }
        return texts
    }

    /// The files that lie beside weights which carry no texts, by name.
    ///
    /// - Throws: ``ConversionError/unwritable(path:reason:)`` for names of classes that no file can hold.
    func files() throws(ConversionError) -> [(name: String, bytes: [UInt8])] {
        var files: [(name: String, bytes: [UInt8])] = []
        if !flags.isEmpty { files.append((RecordedFlags.fileName, Array(json.utf8))) }
        guard !classNames.isEmpty else { return files }
        do throws(DataError) {
            files.append((ClassNames.fileName, try ClassNames.file(classNames)))
        } catch {
            throw .unwritable(path: ClassNames.fileName, reason: "\(error)")
        }
        return files
    }

    /// The flags as the published code leaves them behind: truths and numbers as such.
    private var json: String {
        let lines = flags.map { flag in
            let isBare = ["true", "false"].contains(flag.value) || Int(flag.value) != nil
            return "  \"\(flag.name)\": " + (isBare ? flag.value : "\"\(flag.value)\"")
        }
        return "{\n\(lines.joined(separator: ",\n"))\n}\n"
    }

    /// The files that are to be written into a folder: those that do not lie there already with the same content.
    ///
    /// - Throws: ``ConversionError``.
    public func paths(in folder: String) throws(ConversionError) -> [String] {
        try files().compactMap { file in
            let path = "\(folder)/\(file.name)"
            return says(path, file) ? nil : path
        }
    }

    /// Writes the files into a folder.
    ///
    /// - Throws: ``ConversionError/unwritable(path:reason:)``.
    public func write(into folder: String, replacing isReplacing: Bool) throws(ConversionError) {
        for file in try files() {
            let path = "\(folder)/\(file.name)"
            if says(path, file) { continue }
            do throws(FormatError) {
                var output = try OutputFile(path, replacing: isReplacing)
                try unsafe output.write(file.bytes.span.bytes)
                try output.commit()
            } catch {
                throw .unwritable(path: path, reason: error.description)
            }
        }
    }

    /// Whether a file already tells everything that would be written.
    private func says(_ path: String, _ file: (name: String, bytes: [UInt8])) -> Bool {
        guard file.name == RecordedFlags.fileName else {
            return FileManager.default.contents(atPath: path).map(Array.init) == file.bytes
        }
        guard let there = try? RecordedFlags(path: path) else { return false }
        return flags.allSatisfy { flag in
            there.values[flag.name]?.lowercased() == flag.value.lowercased()
        }
    }
}
