internal import Checkpoint
internal import Foundation
internal import Pictures

/// What a `config.json` beside a network tells, of those that this suite, timm and Hugging Face write.
///
///     { "num_classes": 11, "label_names": ["apple", …], "id2label": {"0": "apple", …},
///       "pretrained_cfg": {"input_size": [3, 96, 96], "mean": […], "std": […], "crop_pct": 0.875, "interpolation": "bilinear"},
///       "reassemble": {"model_file": "model.onnx", "preprocessing_type": "imagenet_096", …} }
///
/// Such a file belongs to nobody in particular: what is wrong with it is a warning, and then it tells nothing.
struct ConfigurationFile {
    /// The name of the file in a folder of one network.
    static let fileName = "config.json"
    /// What follows the name of a network's file where that folder has a file of another network.
    static let ending = ".config.json"
    /// The part that this suite writes for itself: flags under their published names, and the file that they are for.
    static let ownPart = "reassemble"
    static let modelFile = "model_file"

    /// More than any list of classes takes.
    private static let largestSize = 1 << 22

    private indirect enum Tree: Decodable {
        case text(String)
        case number(Double)
        case truth(Bool)
        case list([Tree])
        case object([String: Tree])
        case nothing

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                self = .nothing
            } else if let value = try? container.decode(Bool.self) {
                self = .truth(value)
            } else if let value = try? container.decode(Double.self) {
                self = .number(value)
            } else if let value = try? container.decode(String.self) {
                self = .text(value)
            } else if let value = try? container.decode([Tree].self) {
                self = .list(value)
            } else {
                self = .object(try container.decode([String: Tree].self))
            }
        }

        subscript(key: String) -> Tree? {
            if case .object(let members) = self { members[key] } else { nil }
        }

        var integer: Int? {
            if case .number(let number) = self { Int(exactly: number) } else { nil }
        }

        var text: String? { if case .text(let text) = self { text } else { nil } }

        var numbers: [Double]? {
            guard case .list(let items) = self else { return nil }
            let numbers = items.compactMap { item in
                if case .number(let number) = item { number } else { nil }
            }
            return numbers.count == items.count ? numbers : nil
        }

        /// A flag's value as it would be typed.
        var typed: String? {
            switch self {
            case .text(let text): text
            case .truth(let truth): truth ? "True" : "False"
            case .number(let number): Int(exactly: number).map { "\($0)" } ?? "\(number)"
            default: nil
            }
        }
    }

    private let path: String
    private var values: [String: String] = [:]
    private var warnings: [String] = []

    /// What the file beside a network tells; nil where there is none, or it says nothing of use.
    static func flags(besides prefix: String) -> RecordedFlags? {
        let own = prefix + ending
        let shared = "\(CheckpointHome.folder(of: prefix))/\(fileName)"
        for path in [own, shared] where FileManager.default.fileExists(atPath: path) {
            let name = prefix.split(separator: "/").last.map { String($0) } ?? prefix
            let file = ConfigurationFile(path, of: name)
            guard !file.values.isEmpty || !file.warnings.isEmpty else { continue }
            return RecordedFlags(configuration: file.values, path: path, warnings: file.warnings)
        }
        return nil
    }

    private init(_ path: String, of name: String) {
        self.path = path
        let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        guard let size, size <= Self.largestSize,
            let data = FileManager.default.contents(atPath: path),
            let tree = try? JSONDecoder().decode(Tree.self, from: data), case .object = tree
        else {
            warnings.append("\(path) is passed over: it is no JSON object that can be read")
            return
        }
        let own = tree[Self.ownPart]
        if let file = own?[Self.modelFile]?.text,
            !file.utf8.elementsEqual(name.utf8)
        {
            return
        }
        let card = tree["pretrained_cfg"]
        let classes =
            (tree["num_classes"] ?? card?["num_classes"] ?? tree["num_labels"])?.integer
        if let classes { values["num_classes"] = "\(classes)" }
        readNames(tree, card, classes)
        if case .object(let flags)? = own {
            for (name, value) in flags
            where NetworkFact.untold.contains(name)
                || [RecordedFlags.labelOffset, RecordedFlags.dataKind].contains(name)
            {
                values[name] = value.typed
            }
        } else if let card {
            readCard(card)
        }
        // A number of classes alone tells nothing.
        if values.count == 1, classes != nil { values = [:] }
    }

    private mutating func readNames(_ tree: Tree, _ card: Tree?, _ classes: Int?) {
        var names: [String]?
        if case .list(let items)? = tree["label_names"] ?? card?["label_names"] {
            names = items.compactMap(\.text)
            if names?.count != items.count { names = [] }
        } else if case .object(let entries)? = tree["id2label"] {
            let pairs = entries.compactMap { key, value in
                Int(key).flatMap { number in value.text.map { (number, $0) } }
            }.sorted { $0.0 < $1.0 }
            let first = pairs.first?.0 ?? 0
            // A background before the first class has no name.
            let isRow =
                (0...1).contains(first) && pairs.enumerated().allSatisfy { $1.0 == $0 + first }
            names = pairs.count == entries.count && isRow ? pairs.map(\.1) : []
        }
        guard let names else { return }
        let isWhole = classes.map { names.count == $0 || names.count + 1 == $0 } ?? true
        guard !names.isEmpty, isWhole, !names.contains(where: { $0.utf8.contains(10) }) else {
            warnings.append(
                "the class names in \(path) are passed over: they are no names of "
                    + "\(classes.map { "\($0) classes" } ?? "classes, one each")"
            )
            return
        }
        values[RecordedFlags.classNames] = names.joined(separator: "\n")
    }

    /// What timm's words for the preparation of pictures mean here.
    private mutating func readCard(_ card: Tree) {
        let size = card["input_size"]?.numbers ?? []
        guard size.count == 3, size[0] == 3, size[1] == size[2], let side = Int(exactly: size[1]),
            Preprocessing.imageSizes.contains(side)
        else {
            if card["input_size"] != nil {
                warnings.append("\(path) is of pictures that are no squares of three channels")
            }
            return
        }
        guard let mean = card["mean"]?.numbers, let deviation = card["std"]?.numbers,
            mean.count == 3, deviation.count == 3
        else {
            values["image_size"] = "\(side)"
            return
        }
        var share = 0.875
        if case .number(let stated)? = card["crop_pct"] { share = stated }
        let wanted = Normalisation(
            mean: mean,
            deviation: deviation,
            cropShare: share,
            isSquashed: card["crop_mode"]?.text == "squash"
        )
        let interpolation = card["interpolation"]?.text ?? "bilinear"
        guard let preprocessing = Preprocessing(wanted, imageSize: side) else {
            warnings.append(
                "\(path) asks for pictures of \(side)x\(side) with the mean \(mean), the deviation "
                    + "\(deviation) and crop_pct \(share), which no --preprocessing-type gives"
            )
            values["image_size"] = "\(side)"
            return
        }
        if interpolation != "bilinear" {
            warnings.append("\(path) asks for \(interpolation) pictures; they are made bilinear")
        }
        values["preprocessing_type"] = preprocessing.name
        values["image_size"] = "\(side)"
    }
}

extension RecordedFlags {
    /// The flags, but for those that a `config.json` of a network with other classes tells.
    func fitting(classes: Int) -> RecordedFlags {
        guard isConfiguration, let other = values["num_classes"].flatMap({ Int($0) }),
            other != classes
        else { return self }
        return RecordedFlags(
            configuration: [:],
            path: path,
            warnings: [
                "\(path) is passed over: it is that of a network of \(other) classes, and this one has \(classes)"
            ]
        )
    }
}
