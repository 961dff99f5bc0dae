package import Proto

/// Where an input of a node comes from: `node`, `node:1`, or `^node` where only the order matters.
package struct TensorReference: Hashable, Sendable {
    /// The node.
    package let node: Name
    /// The number of its output.
    package let output: Int
    /// Whether only the order matters.
    package let isControl: Bool

    /// An output of a node.
    package init(node: Name, output: Int = 0) {
        self.node = node
        self.output = output
        isControl = false
    }

    /// What a text refers to; a colon without a number behind it belongs to the name.
    package init(_ text: String) {
        isControl = text.utf8.first == UInt8(ascii: "^")
        let name = isControl ? text.utf8.dropFirst() : text.utf8[...]
        if !isControl, let colon = name.lastIndex(of: UInt8(ascii: ":")),
            let number = Self.number(name[name.index(after: colon)...])
        {
            node = Name(String(decoding: name[..<colon], as: UTF8.self))
            output = number
        } else {
            node = Name(String(decoding: name, as: UTF8.self))
            output = 0
        }
    }

    private static func number(_ digits: Substring.UTF8View) -> Int? {
        guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(String(decoding: digits, as: UTF8.self))
    }
}

extension TensorReference: CustomStringConvertible {
    /// The reference as a graph writes it.
    package var description: String {
        isControl ? "^\(node)" : output == 0 ? node.text : "\(node):\(output)"
    }
}
