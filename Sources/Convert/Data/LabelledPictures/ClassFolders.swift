internal import Checkpoint

/// The class folders of a data set: which folders are classes, which label each has, and its pictures.
///
/// The one rule of all tools. A folder with pictures directly in it is a class; others are left out, and that is told. Where
/// the classes' names are known, a folder's label is the place of its name among them. Otherwise it is its place among the
/// folders, in the order of the names' bytes, or of their numbers where all names are numbers.
public struct ClassFolders: Sendable {
    /// A folder of pictures.
    struct Class: Sendable {
        let name: String
        let label: Int
        let pictures: [String]
    }

    /// The folder of the folders.
    public let folder: String
    /// The names of all classes in order, also of those without a folder; none where only their numbers are known.
    public let names: [String]
    /// The label of the first name.
    public let labelOffset: Int
    /// What was left out, and what was taken for granted.
    public private(set) var remarks: [DataRemark] = []
    let classes: [Class]
    private let areNamesKnown: Bool

    /// Finds the classes of a folder.
    ///
    /// - Parameters:
    ///   - folder: The path.
    ///   - known: The names of the classes, where they are known.
    ///   - labelOffset: The label of the first class.
    ///   - modelClasses: How many classes the network has that the labels are for, where that is known.
    /// - Throws: ``DataError``.
    public init(
        _ folder: String,
        names known: ClassNames? = nil,
        labelOffset: Int = 0,
        modelClasses: Int? = nil
    ) throws(DataError) {
        try self.init(
            PictureFolderScan(folder),
            names: known,
            labelOffset: labelOffset,
            modelClasses: modelClasses
        )
    }

    init(
        _ scan: PictureFolderScan,
        names known: ClassNames?,
        labelOffset: Int,
        modelClasses: Int? = nil
    ) throws(DataError) {
        folder = scan.folder
        self.labelOffset = labelOffset
        guard !scan.found.isEmpty else { throw Self.nothing(scan) }
        var remarks: [DataRemark] = []
        let known = Self.fitting(known, scan.found.map(\.name), folder, &remarks)
        let places: [Int]
        if let known {
            places = try Self.places(of: scan.found.map(\.name), in: known, folder)
            names = known.names
            if known.isFound {
                remarks.append(.note("labels of class folders go by the names in \(known.path)"))
            }
        } else {
            (places, names) = Self.order(
                scan.found.map(\.name),
                modelClasses.map { $0 - labelOffset },
                &remarks
            )
        }
        areNamesKnown = known != nil
        classes = zip(places, scan.found).map { place, found in
            Class(name: found.name, label: labelOffset + place, pictures: found.pictures)
        }.sorted { $0.label < $1.label }
        remarks += Self.remarks(on: scan, known)
        self.remarks = remarks
    }

    /// The paths and labels of all pictures, class by class.
    var files: [(path: String, label: Int)] {
        classes.flatMap { found in
            found.pictures.map { ("\(folder)/\(found.name)/\($0)", found.label) }
        }
    }

    /// Compares the classes with those of a network, before any picture is looked at.
    ///
    /// - Returns: what is likely wrong.
    /// - Throws: ``DataError/outsideModel(folder:name:label:classes:)``.
    public func check(modelClasses: Int) throws(DataError) -> [DataRemark] {
        if let wrong = classes.first(where: { !(0..<modelClasses).contains($0.label) }) {
            throw .outsideModel(
                folder: folder,
                name: wrong.name,
                label: wrong.label,
                classes: modelClasses
            )
        }
        let count = areNamesKnown ? names.count : classes.count
        guard count + labelOffset != modelClasses else { return [] }
        let what =
            areNamesKnown
            ? "\(names.count) classes are named" : "\(folder) holds \(count) class folders"
        let where_ =
            areNamesKnown
            ? ""
            : "; labels are places in the list of these folders: --label-file names the classes,"
        return [
            .warning(
                "\(what), but the model has \(modelClasses) classes, and labels begin at "
                    + "\(labelOffset)\(where_.isEmpty ? ";" : where_) --label-offset says where "
                    + "labels begin"
            )
        ]
    }

    // MARK: Numbering

    /// Names of classes, unless nobody named them and they are those of none of the folders.
    static func fitting(
        _ names: ClassNames?,
        _ folders: [String],
        _ folder: String,
        _ remarks: inout [DataRemark]
    ) -> ClassNames? {
        guard let names, names.isFound, folders.allSatisfy({ names.places(of: $0).isEmpty }) else {
            return names
        }
        remarks.append(
            .warning(
                "\(names.path) names none of the class folders in \(folder) "
                    + "(\(folders.shortList(3))), so it is not used"
            )
        )
        return nil
    }

    /// Names of folders in the order of their classes, where nobody says otherwise.
    static func inOrder(_ folders: some Sequence<ByteName>) -> [String] {
        var remarks: [DataRemark] = []
        return order(Array(Set(folders)).sorted().compactMap(\.text), nil, &remarks).names
    }

    static func places(
        of folders: [String],
        in known: ClassNames,
        _ folder: String
    ) throws(DataError) -> [Int] {
        let found = folders.map { known.places(of: $0) }
        let unknown = zip(folders, found).filter { $1.isEmpty }.map(\.0)
        guard unknown.isEmpty else {
            throw .unknownClasses(folder, unknown, file: known.path, line: known.names[0])
        }
        for (name, places) in zip(folders, found) where places.count > 1 {
            throw .severalClasses(folder, name, file: known.path, lines: places.map { $0 + 1 })
        }
        let places = found.map { $0[0] }
        let byPlace = Dictionary(grouping: folders.indices) { places[$0] }
        if let shared = byPlace.filter({ $0.value.count > 1 }).min(by: { $0.key < $1.key }) {
            throw .sharedClass(
                folder,
                shared.value.map { folders[$0] },
                file: known.path,
                line: shared.key + 1
            )
        }
        return places
    }

    /// The places of folders whose classes nobody names, and the names in the order of the places.
    ///
    /// `folders` are in the order of their bytes; there are `count` places, where that is known.
    private static func order(
        _ folders: [String],
        _ count: Int?,
        _ remarks: inout [DataRemark]
    ) -> (places: [Int], names: [String]) {
        let numbers = folders.compactMap(number)
        guard numbers.count == folders.count else { return (Array(folders.indices), folders) }
        let order = folders.indices.sorted { (numbers[$0], $0) < (numbers[$1], $1) }
        var places = [Int](repeating: 0, count: folders.count)
        for (place, index) in order.enumerated() { places[index] = place }
        let names = order.map { folders[$0] }
        // With some of them missing, numbers tell more than places.
        let first = numbers.contains(0) ? 0 : 1
        guard let count, folders.count < count, Set(numbers).count == numbers.count,
            numbers.allSatisfy({ $0 - first < count }),
            places.indices.contains(where: { numbers[$0] - first != places[$0] })
        else { return (places, names) }
        remarks.append(
            .warning(
                "the class folders are numbers and some are missing, so the numbers are taken for the "
                    + "classes, counted from \(first); --label-file names them otherwise"
            )
        )
        return (numbers.map { $0 - first }, [])
    }

    /// The number that a name is, of digits only.
    private static func number(_ name: String) -> Int? {
        name.utf8.allSatisfy { (48...57).contains($0) } ? Int(name) : nil
    }

    // MARK: What is told

    private static func remarks(on scan: PictureFolderScan, _ known: ClassNames?) -> [DataRemark] {
        var remarks: [DataRemark] = []
        let left = scan.empty.filter { known?.places(of: $0).isEmpty ?? true }
        if !left.isEmpty {
            remarks.append(
                .note("left out, as no pictures lie in them: \(left.shortList()) in \(scan.folder)")
            )
        }
        for name in scan.empty {
            let inner = PictureFolderScan.firstFolderWithPictures(below: "\(scan.folder)/\(name)")
            guard let inner else { continue }
            remarks.append(
                .warning("pictures lie in \(inner), deeper than they are looked for")
            )
        }
        if !scan.inner.isEmpty {
            remarks.append(
                .note("folders in class folders are not looked into: \(scan.inner.shortList())")
            )
        }
        if !scan.foreign.isEmpty {
            remarks.append(
                .note(
                    "\(scan.foreign.count) files in class folders are no pictures and are left out: "
                        + scan.foreign.shortList()
                )
            )
        }
        if !scan.loose.isEmpty {
            remarks.append(
                .warning(
                    "\(scan.loose.count) pictures lie beside the class folders in \(scan.folder) and "
                        + "are left out: \(scan.loose.shortList())"
                )
            )
        }
        return remarks
    }

    private static func nothing(_ scan: PictureFolderScan) -> DataError {
        let seen =
            scan.loose.isEmpty
            ? PictureFolderScan.firstFolderWithPictures(below: scan.folder) : scan.folder
        guard let seen else { return .noClassFolders(scan.folder) }
        return .picturesElsewhere(scan.folder, seen: seen)
    }
}
