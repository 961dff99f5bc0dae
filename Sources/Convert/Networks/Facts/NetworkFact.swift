/// Something about a network that its variables do not tell, as a published flag has it, and how it is known.
public struct NetworkFact: Sendable, Equatable {
    /// Who says so.
    public enum Origin: Sendable, Equatable {
        /// The user, by the flag itself or by the name of a published model.
        case given
        /// ``RecordedFlags``.
        case recorded
        /// The names in the file, which are those of another system.
        case named
        /// Nobody: it is the published default, and may be wrong.
        case assumed
    }

    /// The flag's published name.
    public let name: String
    /// Its value, as it would be typed.
    public let value: String
    /// Who says so.
    public let origin: Origin
    /// What is recorded and was not taken, since the user says otherwise.
    public let overruled: String?

    /// The flag as it would be typed.
    public var flag: String { "--\(name)=\(value)" }

    /// The flags that decide what a network computes, and that no variable tells.
    static let untold: Set = [
        "anti_alias_type", "anti_alias_filter_size", "pool_type", "no_downsample",
        "pool_padding",
        "preprocessing_type", "image_size", "dct_method", "interpolation", "crop_mode", "crop_pct",
        "pixel_scale", "mean", "std", "channel_order",
    ]
}

/// Settles one fact after the other: what the user says goes before what is recorded, and that before the usual.
struct FactSettler {
    let recorded: RecordedFlags?
    private(set) var facts: [NetworkFact] = []

    init(_ recorded: RecordedFlags?) {
        self.recorded = recorded
    }

    /// Settles one fact.
    ///
    /// - Parameters:
    ///   - name: The flag's published name.
    ///   - given: What the user says.
    ///   - named: What the names in the file tell.
    ///   - usual: What it is where nobody says anything; nil for what then is no fact.
    ///   - expected: What values there are, for an error.
    ///   - text: A value as it would be typed.
    ///   - read: The value of a text; nil for one that is none.
    /// - Returns: the value; nil where nobody says anything and there is nothing usual.
    /// - Throws: ``NetworkError/recordedFlag(path:name:value:expected:)`` for a value that is needed and is none.
    mutating func settle<Value>(
        _ name: String,
        given: Value?,
        named: Value? = nil,
        usual: Value?,
        expected: String,
        text: (Value) -> String,
        read: (String) -> Value?
    ) throws(NetworkError) -> Value? {
        let found = recorded?.values[name]
        let value = found.flatMap(read)
        if let given {
            let other = value.map(text)
            append(name, text(given), .given, overruled: other == text(given) ? nil : other)
            return given
        }
        // What is left empty is not said, unless that is a value.
        if let recorded, let found, !found.isEmpty || value != nil {
            guard let value else {
                throw .recordedFlag(
                    path: recorded.path,
                    name: name,
                    value: found,
                    expected: expected
                )
            }
            append(name, text(value), .recorded)
            return value
        }
        if let named {
            append(name, text(named), .named)
            return named
        }
        if let usual { append(name, text(usual), .assumed) }
        return usual
    }

    private mutating func append(
        _ name: String,
        _ value: String,
        _ origin: NetworkFact.Origin,
        overruled: String? = nil
    ) {
        facts.append(
            NetworkFact(name: name, value: value, origin: origin, overruled: overruled)
        )
    }
}
