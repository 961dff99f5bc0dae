internal import Base
internal import Checkpoint
internal import Pictures

/// Clean pictures, each with what its corrupted ones are made by: its class and name, and how its files are written.
public struct CleanPictures: Sendable {
    /// A clean picture.
    struct Item: Sendable {
        let bytes: OwnedBytes
        let label: Int
        let className: ByteName
        let name: ByteName
        let origin: LabelledPicture.Origin
        /// The format of its files, by its name or by what it is.
        let format: PictureFormat
    }

    private enum Content: Sendable {
        case files([CorruptionSource.Picture], labels: [ByteName: Int])
        case records([String], names: ClassNames?, namesOffset: Int, offset: Int, ExampleKeys)
    }

    /// What tells these pictures from others: SHA-256 of the names of all files, and of the sizes of record files.
    public let fingerprint: String
    /// How many there are, where that is known beforehand.
    public let count: Int?
    /// What was left out.
    public let remarks: [DataRemark]
    /// The labels of class folders; none for records.
    public let folderLabels: [Int]
    private let content: Content

    /// The pictures of class folders.
    ///
    /// - Parameters:
    ///   - source: The pictures.
    ///   - names: The names of the classes in order; nil for the order of the folders' names.
    ///   - labelOffset: The label of the first name.
    ///   - settings: How pictures become files.
    /// - Throws: ``DataError``.
    public init(
        _ source: CorruptionSource,
        names: ClassNames?,
        labelOffset: Int,
        _ settings: CorruptionSettings
    ) throws(DataError) {
        let unwritten = source.pictures.filter { settings.format(of: $0) == nil }
        guard unwritten.isEmpty else { throw .needsLossless(unwritten.map { "\($0.path)" }) }
        let classes = Set(source.pictures.map(\.className))
        let unusable = classes.filter { $0.text == nil }.map(\.description).sorted()
        guard unusable.isEmpty else { throw .notText(source.folder, unusable) }
        let texts = ClassFolders.inOrder(classes)
        let places = try ClassFolders.places(
            of: texts,
            in: names ?? ClassNames(texts, path: source.folder),
            source.folder
        )
        let labels = Dictionary(
            uniqueKeysWithValues: zip(texts, places).map { (ByteName($0), labelOffset + $1) }
        )
        var fingerprint = Fingerprint()
        for picture in source.pictures {
            fingerprint.add(picture.className.bytes)
            fingerprint.add(picture.name.bytes)
        }
        self.fingerprint = fingerprint.text
        count = source.pictures.count
        folderLabels = labels.values.sorted()
        content = .files(source.pictures, labels: labels)
        var remarks: [DataRemark] = []
        if source.loose > 0 {
            remarks.append(
                .warning(
                    "\(source.folder): \(source.loose) pictures lie beside the class folders and "
                        + "are not taken"
                )
            )
        }
        if source.others > 0 {
            remarks.append(
                .note(
                    "\(source.folder): \(source.others) files are no pictures by their names and "
                        + "are passed over"
                )
            )
        }
        self.remarks = remarks
    }

    /// The pictures of record files.
    ///
    /// Their class is, for the random numbers, the first word of the class's name, or else the label in decimal.
    ///
    /// - Parameters:
    ///   - files: The paths.
    ///   - names: The names of the classes in order, where they are known.
    ///   - namesOffset: The label of the first name.
    ///   - labelOffset: What is added to the labels in records.
    ///   - keys: Where records keep picture and label.
    public init(
        records files: [String],
        names: ClassNames?,
        namesOffset: Int,
        labelOffset: Int,
        keys: ExampleKeys = ExampleKeys()
    ) {
        var fingerprint = Fingerprint()
        for file in files { fingerprint.add(recordFile: file) }
        self.fingerprint = fingerprint.text
        count = nil
        remarks = []
        folderLabels = []
        content = .records(
            files,
            names: names,
            namesOffset: namesOffset,
            offset: labelOffset,
            keys
        )
    }

    /// The class folders, in the order of their labels, as their names are.
    func reader() -> Reader { Reader(self) }

    /// Reads them one after the other.
    struct Reader {
        private let pictures: CleanPictures
        private var position = 0
        private var records: PictureRecords?

        /// A file of more bytes is no picture.
        private static let mostBytes = 1 << 30

        fileprivate init(_ pictures: CleanPictures) {
            self.pictures = pictures
            if case .records(let files, _, _, let offset, let keys) = pictures.content {
                records = PictureRecords(files: files, labelOffset: offset, keys: keys)
            }
        }

        /// The next picture; nil at the end.
        ///
        /// - Throws: ``CorruptPicture``; `CheckpointError`.
        mutating func next(_ settings: CorruptionSettings) throws -> Item? {
            switch pictures.content {
            case .files(let files, let labels):
                guard position < files.count else { return nil }
                let file = files[position]
                position += 1
                return try Self.item(file, labels, settings)
            case .records(_, let names, let namesOffset, let offset, _):
                guard let picture = try records?.next() else { return nil }
                let label = picture.label ?? -1
                let place = label - namesOffset
                let known = names.flatMap { names in
                    names.names.indices.contains(place) ? names.names[place] : nil
                }
                let word = known?.split(whereSeparator: \.isWhitespace).first.map(String.init)
                let sniffed = try? picture.bytes.withBytes { try PictureFormat(sniffing: $0) }
                let format = picture.name.flatMap { settings.format(ofName: $0) }
                return Item(
                    bytes: picture.bytes,
                    label: label,
                    className: ByteName(word ?? "\(label - offset)"),
                    name: picture.name ?? ByteName("\(picture.origin.record ?? 0)"),
                    origin: picture.origin,
                    format: settings.isLossless ? .png : format ?? (sniffed == .jpeg ? .jpeg : .png)
                )
            }
        }

        /// Passes over a picture; false at the end.
        mutating func skip() throws -> Bool {
            if records != nil { return try records?.skip() ?? false }
            guard position < pictures.count ?? 0 else { return false }
            position += 1
            return true
        }

        private static func item(
            _ file: CorruptionSource.Picture,
            _ labels: [ByteName: Int],
            _ settings: CorruptionSettings
        ) throws(CorruptPicture) -> Item {
            let origin = LabelledPicture.Origin(file: "\(file.path)")
            do throws(CheckpointError) {
                let bytes = try file.path.contents(most: mostBytes)
                return Item(
                    bytes: unsafe OwnedBytes(copying: bytes.span.bytes),
                    label: labels[file.className] ?? -1,
                    className: file.className,
                    name: file.name,
                    origin: origin,
                    format: settings.format(of: file) ?? .png
                )
            } catch {
                throw CorruptPicture(origin: origin, reason: "cannot be read: \(error)")
            }
        }
    }
}
