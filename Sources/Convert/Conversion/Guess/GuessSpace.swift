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
    init(_ network: Network) {
        first = GuessCandidate(network)
        var open = Set(
            (network.facts + network.input.facts).filter { $0.origin == .assumed }.map(\.name)
        )
        let isBlurred = first.model.map { $0.antiAliasType != "none" } ?? false
        let size = network.facts.first { $0.name == "anti_alias_filter_size" }
        if open.contains("anti_alias_type") || (isBlurred && size == nil) {
            open.insert("anti_alias_filter_size")
        }
        self.open = open
    }

    /// Candidates that are far from each other.
    var start: [GuessCandidate] {
        guard first.model != nil else { return [first] + foreign }
        return firstTypes.flatMap { type in
            preprocessings.map { name in
                var candidate = first
                candidate.model?.antiAliasType = type
                candidate.preprocessing = name
                return candidate
            }
        }
    }

    private var firstTypes: [String] {
        open.contains("anti_alias_type")
            ? ["none", "sconv"] : [first.model?.antiAliasType ?? "none"]
    }

    private var preprocessings: [String] {
        open.contains("preprocessing_type")
            ? Self.firstSides.map { Self.name($0, isTight: false) } : [first.preprocessing]
    }

    /// The candidates that differ in one thing.
    func neighbours(of candidate: GuessCandidate) -> [GuessCandidate] {
        var others: [GuessCandidate] = []
        guard let model = candidate.model else { return otherPreparations(than: candidate) }
        func add(_ change: (inout GuessedModel) -> Void) {
            var other = candidate
            var changed = model
            change(&changed)
            other.model = changed
            if other != candidate { others.append(other) }
        }
        if open.contains("anti_alias_type") {
            for type in Self.types { add { $0.antiAliasType = type } }
        }
        if open.contains("anti_alias_filter_size"), model.antiAliasType != "none" {
            for size in 2...7 { add { $0.antiAliasSize = size } }
        }
        if open.contains("pool_type"), model.pooling != .flatten {
            for pooling in [ModelConfiguration.Pooling.average, .generalizedMean] {
                add { $0.pooling = pooling }
            }
        }
        if open.contains("no_downsample") { add { $0.keepsLastResolution.toggle() } }
        if open.contains("preprocessing_type") {
            for name in Self.neighbours(of: candidate.preprocessing) {
                var other = candidate
                other.preprocessing = name
                if other != candidate { others.append(other) }
            }
        }
        return others
    }

    /// The preparations that networks of other families are trained with.
    private var foreign: [GuessCandidate] {
        guard open.contains("preprocessing_type") else { return [] }
        return Preprocessing.foreignNames.filter { $0 != first.preprocessing }.map { name in
            var candidate = first
            candidate.preprocessing = name
            return candidate.plain(keeping: first.parts)
        }
    }

    /// Other names for a graph's preparation, and other orders of channels, cuts and ways to resize where nobody said which.
    private func otherPreparations(than candidate: GuessCandidate) -> [GuessCandidate] {
        guard open.contains("preprocessing_type"),
            let prepared = candidate.prepared(dctMethod: nil)
        else { return [] }
        var others: [GuessCandidate] = []
        func add(_ change: (inout GuessCandidate) -> Void) {
            var other = candidate
            change(&other)
            other = other.plain(keeping: first.parts)
            if other != candidate, !others.contains(other) { others.append(other) }
        }
        for name in Preprocessing.foreignNames { add { $0.preprocessing = name } }
        let given = first.parts
        if given.isReversed == nil { add { $0.parts.isReversed = !prepared.finish.isReversed } }
        if given.cropMode == nil, given.cropShare == nil {
            for (mode, share) in Self.cuts {
                add { ($0.parts.cropMode, $0.parts.cropShare) = (mode, share) }
            }
        }
        if given.rule == nil {
            for rule in Self.rules { add { $0.parts.rule = rule } }
        }
        return others
    }

    /// Cuts that networks are evaluated with.
    private static let cuts: [(PreprocessingParts.CropMode, Double)] = [
        (.center, 0.875), (.squash, 0.875), (.squash, 1), (.square, 0.875),
    ]
    private static let rules: [ResizeRule] = [.bilinear, .bilinearHalfPixel, .bicubic, .area]

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
