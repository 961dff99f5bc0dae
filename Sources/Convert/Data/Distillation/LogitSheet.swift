package import Checkpoint

/// A teacher's logits as lines of a picture's name and its numbers, with commas between, as pandas writes them.
///
/// Numbers are those of float64, in the fewest digits that tell them apart, as Python prints them. Of a name that comes twice
/// the first place and the last numbers count.
public struct LogitSheet: Sendable {
    private var names: [ByteName] = []
    private var rows: [Float] = []
    private var places: [ByteName: Int] = [:]
    private let classes: Int

    /// An empty sheet for so many logits a picture.
    public init(classes: Int) { self.classes = classes }

    /// How many pictures are in it.
    public var count: Int { names.count }

    /// Adds the logits of pictures, `[picture, class]`.
    ///
    /// - Throws: ``CorruptPicture`` for a picture whose logits are no numbers, or which has no name.
    public mutating func add(
        _ records: [SourceRecord],
        _ logits: [Float]
    ) throws(CorruptPicture) {
        precondition(
            logits.count == records.count * classes,
            "\(logits.count) logits of \(records.count) pictures"
        )
        for (index, record) in records.enumerated() {
            let row = logits[(index * classes)..<((index + 1) * classes)]
            if let wrong = row.firstIndex(where: { !$0.isFinite }) {
                throw CorruptPicture(
                    origin: record.origin,
                    reason: "the teacher's logit of class \(wrong - row.startIndex) is no number"
                )
            }
            guard let name = record.name else {
                throw CorruptPicture(
                    origin: record.origin,
                    reason: "there is no \(ExampleKey.filename), by which its logits are found"
                )
            }
            add(name, row)
        }
    }

    /// Adds the logits of a name.
    ///
    /// - Precondition: there is one for each class.
    package mutating func add(_ name: ByteName, _ row: some Collection<Float>) {
        precondition(row.count == classes, "\(row.count) logits of \(classes)")
        if let place = places[name] {
            rows.replaceSubrange((place * classes)..<((place + 1) * classes), with: row)
        } else {
            places[name] = names.count
            names.append(name)
            rows += row
        }
    }

    /// One line, its end included.
    public func line(_ index: Int) -> [UInt8] {
        var line = Self.field(names[index])
        for value in rows[(index * classes)..<((index + 1) * classes)] {
            line.append(UInt8(ascii: ","))
            line += Self.text(Double(value)).utf8
        }
        return line + [UInt8(ascii: "\n")]
    }

    /// A name, in quotation marks where it holds what would end it.
    private static func field(_ name: ByteName) -> [UInt8] {
        let quote = UInt8(ascii: "\"")
        let special = [quote, UInt8(ascii: ","), UInt8(ascii: "\n"), UInt8(ascii: "\r")]
        guard name.bytes.isEmpty || name.bytes.contains(where: special.contains) else {
            return name.bytes
        }
        return [quote] + name.bytes.flatMap { $0 == quote ? [quote, quote] : [$0] } + [quote]
    }

    /// A number as Python prints it, which writes out what is below 10^16; Swift does up to 2^53.
    private static func text(_ value: Double) -> String {
        let text = value.description
        guard value.magnitude >= 1, value.magnitude < 1e16, let mark = text.firstIndex(of: "e"),
            let exponent = Int(text[text.index(after: mark)...])
        else { return text }
        let digits = text[..<mark].filter(\.isNumber)
        let zeros = String(repeating: "0", count: max(exponent + 1 - digits.count, 0))
        return (value < 0 ? "-" : "") + digits + zeros + ".0"
    }
}
