internal import Base

extension DecodingError {
    /// What a file says cannot be.
    static func unusable(_ what: String, _ decoder: any Decoder) -> DecodingError {
        .dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: what))
    }

    /// Throws unless a number can be that of pictures.
    static func check(count: Int, _ decoder: any Decoder) throws {
        guard (0...1 << 40).contains(count) else {
            throw unusable("a number of \(count)", decoder)
        }
    }
}

extension CorruptionError: Codable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ text: String) { stringValue = text }
        init?(stringValue: String) { self.init(stringValue) }
        init?(intValue: Int) { nil }
    }

    /// Reads `{"fog": {"1": …}}`.
    public init(from decoder: any Decoder) throws {
        self.init()
        let corruptions = try decoder.container(keyedBy: Key.self)
        for name in corruptions.allKeys {
            let severities = try corruptions.nestedContainer(keyedBy: Key.self, forKey: name)
            for key in severities.allKeys {
                guard let corruption = Corruption(rawValue: name.stringValue),
                    let severity = Int(key.stringValue), Corruption.severities.contains(severity)
                else {
                    throw DecodingError.unusable(
                        "a corruption '\(name.stringValue)' of severity \(key.stringValue)",
                        decoder
                    )
                }
                let accuracy = try severities.decode(Accuracy.self, forKey: key)
                add(accuracy, under: corruption, severity: severity)
            }
        }
    }

    /// Writes `{"fog": {"1": …}}`.
    public func encode(to encoder: any Encoder) throws {
        var corruptions = encoder.container(keyedBy: Key.self)
        for corruption in Corruption.allCases {
            let measured = Corruption.severities.compactMap { severity in
                accuracy(under: corruption, severity: severity).map { (severity, $0) }
            }
            guard !measured.isEmpty else { continue }
            var severities = corruptions.nestedContainer(
                keyedBy: Key.self,
                forKey: Key(corruption.rawValue)
            )
            for (severity, accuracy) in measured {
                try severities.encode(accuracy, forKey: Key("\(severity)"))
            }
        }
    }
}
