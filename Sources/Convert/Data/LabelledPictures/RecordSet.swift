internal import Checkpoint

/// The record files of a folder that patterns name, and what is wrong with them as a set.
///
/// Of names `<name>-<i>-of-<n>` every number from 0 to n - 1 must be there once, and all with the same n.
public struct RecordSet: Sendable {
    /// The paths, in the order of the names' bytes, each once.
    public let files: [String]
    /// What is missing, empty, or there twice, a sentence each.
    public let faults: [String]
    /// What need not be wrong, a sentence each: files without records that no number says must have some.
    public let doubts: [String]

    /// Looks for files.
    ///
    /// - Parameters:
    ///   - folder: The folder.
    ///   - patterns: Which files are meant, as shell patterns.
    /// - Throws: ``DataError``, also for names among them that are no UTF-8.
    public init(folder: String, patterns: [String]) throws(DataError) {
        let entries: [BytePath.Entry]
        do throws(CheckpointError) {
            entries = try BytePath(folder).entries()
        } catch {
            guard case .unreadable(_, "No such file or directory") = error else {
                throw .unreadableFolder(folder)
            }
            throw .missingFolder(folder)
        }
        let shells = patterns.map { ShellPattern($0) }
        let chosen = entries.filter { entry in
            !entry.isFolder && shells.contains { $0.matches(entry.name) }
        }.map(\.name)
        let unusable = chosen.filter { $0.text == nil }.map(\.description)
        guard unusable.isEmpty else { throw .notText(folder, unusable) }
        files = chosen.compactMap(\.text).map { "\(folder)/\($0)" }
        // A file that is there and was not chosen is not missing.
        let there = entries.filter { !$0.isFolder }.map(\.name)
        faults =
            Self.numberFaults(chosen.map(ShardName.init), among: there.map(ShardName.init))
            + Self.copyFaults(chosen) + Self.doubles(of: files) + Self.emptiness(of: files, numbered: true)
        doubts = Self.emptiness(of: files, numbered: false)
    }

    private static func numberFaults(_ chosen: [ShardName], among there: [ShardName]) -> [String] {
        var faults: [String] = []
        let sets = Dictionary(grouping: chosen.filter { $0.number != nil }, by: \.stem)
        for (stem, files) in sets.sorted(by: { $0.key < $1.key }) {
            let counts = Set(files.compactMap { $0.number?.count }).sorted()
            if counts.count > 1 {
                let list = counts.map { "-of-\($0)" }.joined(separator: ", ")
                faults.append("\(stem): files of several divisions lie side by side: \(list)")
            }
            for count in counts {
                let all = there.filter { $0.stem == stem && $0.number?.count == count }
                let indices = Set(all.compactMap { $0.number?.index })
                let missing = count - indices.count { (0..<count).contains($0) }
                if missing > 0 {
                    // A name may state any number.
                    let first = (0..<count).lazy.filter { !indices.contains($0) }.prefix(5)
                    let shown = first.map { "\($0)" }.joined(separator: ", ")
                    faults.append(
                        "\(stem): \(missing) of \(count) files are missing: number \(shown)"
                            + (missing > 5 ? " and others" : "")
                    )
                }
                let beyond = files.filter { file in
                    file.number.map { $0.count == count && $0.index >= count } ?? false
                }
                if let file = beyond.first {
                    faults.append(
                        "\(file.name): its number is beyond the \(count) files of its set"
                    )
                }
            }
        }
        return faults
    }

    private static func copyFaults(_ names: [ByteName]) -> [String] {
        Dictionary(grouping: names.map(ShardName.init), by: \.original)
            .filter { $0.value.count > 1 }.sorted { $0.key < $1.key }
            .map { _, copies in
                "\(copies.map(\.name.description).joined(separator: ", ")): likely the same records, "
                    + "in copies"
            }
    }

    /// How much of files of one size is compared.
    private static let comparedSize = 1 << 16

    /// Files of a set that have one size and begin with the same bytes: the same records under two numbers.
    private static func doubles(of files: [String]) -> [String] {
        var sizes: [Int: [(name: ShardName, file: MappedFile)]] = [:]
        for path in files {
            let name = ShardName(ByteName(path).lastComponent)
            guard name.number != nil, let file = try? MappedFile(path: path), file.count > 0 else {
                continue
            }
            sizes[file.count, default: []].append((name, file))
        }
        var faults: [String] = []
        for (_, files) in sizes.sorted(by: { $0.key < $1.key }) where files.count > 1 {
            let alike = Dictionary(grouping: files) { name, file in
                let start = try? file.withBytes { bytes throws(CheckpointError) in
                    unsafe bytes.extracting(0..<min(bytes.byteCount, comparedSize)).withUnsafeBytes {
                        unsafe [UInt8]($0)
                    }
                }
                return name.stem.bytes + (start ?? [])
            }
            for group in alike.values.sorted(by: { $0[0].name.name < $1[0].name.name }) {
                let names = group.map(\.name)
                guard Set(names.map(\.original)).count > 1 else { continue }
                faults.append(
                    "\(names.map(\.name.description).shortList()): of one size, and beginning with the same bytes, so "
                        + "likely the same records under several numbers"
                )
            }
        }
        return faults
    }

    private static func emptiness(of files: [String], numbered: Bool) -> [String] {
        let empty = files.filter { path in
            let name = ByteName(path).lastComponent
            guard (ShardName(name).number != nil) == numbered else { return false }
            do {
                let reader = try RecordReader(path: path)
                return reader.compression == .none
                    ? try reader.skip() == nil : try reader.next() == nil
            } catch {
                return false
            }
        }
        guard !empty.isEmpty else { return [] }
        let names = empty.map { ByteName($0).lastComponent.description }
        return ["there is no picture in \(names.shortList())"]
    }
}

/// The name of a record file, taken apart.
struct ShardName: Sendable {
    /// The whole name.
    let name: ByteName
    /// What stands before `-<i>-of-<n>`; the whole name without one.
    let stem: ByteName
    /// `<i>` and `<n>`.
    let number: (index: Int, count: Int)?
    /// The name without what compressing and copying add: `.gz`, ` (1)`, ` - Copy`, `~`.
    let original: ByteName

    init(_ name: ByteName) {
        self.name = name
        let text = String(decoding: name.bytes, as: UTF8.self)
        if let match = text.firstMatch(
            of: #/^(.*)-([0-9]{1,9})-of-([0-9]{1,9})/#.matchingSemantics(.unicodeScalar)
        ),
            let index = Int(match.2), let count = Int(match.3), count > 0
        {
            stem = ByteName(match.1)
            number = (index, count)
            // Whatever stands behind the number, it is the same file.
            original = ByteName(text[..<match.range.upperBound])
            return
        }
        stem = name
        number = nil
        let additions =
            #/( ?\([0-9]+\)| - [Cc]opy| copy( [0-9]+)?|~|\.(gz|gzip|zlib|z|bak|orig|old|part))+$/#
            .matchingSemantics(.unicodeScalar)
        var plain = text
        if let match = plain.firstMatch(of: additions) {
            plain.removeSubrange(match.range)
        } else if let match = plain.firstMatch(
            of: #/( ?\([0-9]+\)| - [Cc]opy| copy)(\.[A-Za-z0-9]+)$/#
        ) {
            plain.replaceSubrange(match.range, with: match.2)
        }
        original = ByteName(plain)
    }
}
