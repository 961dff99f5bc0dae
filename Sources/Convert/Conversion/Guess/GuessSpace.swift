internal import Engine
internal import Networks
internal import Pictures

/// The candidates that there are: what nobody has said of a network may be anything, the rest stays.
struct GuessSpace {
    /// The flags that may be anything.
    let open: Set<String>
    private let first: GuessCandidate

    /// The sides of pictures that networks are trained with, from the smallest.
    private static let sides = [
        64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256, 288, 320,
    ]
    /// Those that are tried first; the others are neighbours of one of them.
    private static let firstSides = [96, 160, 224]
    private static let types = ["none", "sconv", "proj", "sconv,proj"]

    /// The space around a network.
    init(_ network: Network, _ family: FamilyModel) {
        first = GuessCandidate(network, family)
        var open = Set(
            (network.facts + network.input.facts).filter { $0.origin == .assumed }.map(\.name)
        )
        let isBlurred = first.antiAliasType != "none"
        let size = network.facts.first { $0.name == "anti_alias_filter_size" }
        if open.contains("anti_alias_type") || (isBlurred && size == nil) {
            open.insert("anti_alias_filter_size")
        }
        self.open = open
    }

    /// Candidates that are far from each other.
    var start: [GuessCandidate] {
        firstTypes.flatMap { type in
            preprocessings.map { name in
                var candidate = first
                candidate.antiAliasType = type
                candidate.preprocessing = name
                return candidate
            }
        }
    }

    private var firstTypes: [String] {
        open.contains("anti_alias_type") ? ["none", "sconv"] : [first.antiAliasType]
    }

    private var preprocessings: [String] {
        open.contains("preprocessing_type")
            ? Self.firstSides.map { Self.name($0, isTight: false) } : [first.preprocessing]
    }

    /// The candidates that differ in one thing.
    func neighbours(of candidate: GuessCandidate) -> [GuessCandidate] {
        var others: [GuessCandidate] = []
        func add(_ change: (inout GuessCandidate) -> Void) {
            var other = candidate
            change(&other)
            if other != candidate { others.append(other) }
        }
        if open.contains("anti_alias_type") {
            for type in Self.types { add { $0.antiAliasType = type } }
        }
        if open.contains("anti_alias_filter_size"), candidate.antiAliasType != "none" {
            for size in 2...7 { add { $0.antiAliasSize = size } }
        }
        if open.contains("pool_type"), candidate.pooling != .flatten {
            for pooling in [ModelConfiguration.Pooling.average, .generalizedMean] {
                add { $0.pooling = pooling }
            }
        }
        if open.contains("no_downsample") { add { $0.keepsLastResolution.toggle() } }
        if open.contains("preprocessing_type") {
            for name in Self.neighbours(of: candidate.preprocessing) {
                add { $0.preprocessing = name }
            }
        }
        return others
    }

    /// Preparations of about the same side, and other ones of it.
    private static func neighbours(of name: String) -> [String] {
        guard let prepared = try? Preprocessing(name: name) else { return [] }
        let side = prepared.imageSize
        guard name.hasPrefix("imagenet") else {
            return [self.name(side == 331 ? 320 : side, isTight: false)]
        }
        let isTight = name.hasSuffix("a")
        var names = [self.name(side, isTight: !isTight)]
        if let place = sides.firstIndex(of: side) {
            names += [place - 2, place - 1, place + 1, place + 2].filter(sides.indices.contains)
                .map { self.name(sides[$0], isTight: isTight) }
        }
        switch side {
        case 224: names.append("reid_224")
        case 256: names.append("reid")
        case 288, 320: names.append("inception_331")
        default: break
        }
        return names
    }

    private static func name(_ side: Int, isTight: Bool) -> String {
        let digits = side < 100 ? "0\(side)" : "\(side)"
        switch (side, isTight) {
        case (224, false): return "imagenet"
        case (256, false): return "imagenet_224_256"
        case (256, true): return "imagenet_224_256a"
        default: return "imagenet_\(digits)" + (isTight ? "a" : "")
        }
    }
}
