/// The name of a place in a graph whose activations are asked for.
///
/// Two are the same if their bytes are.
package struct Stage: Sendable {
    package let name: String

    package init(_ name: String) {
        self.name = name
    }

    /// What the network says of each class.
    package static let logits = Stage("logits")
    /// The vector for retrieval: behind the embedding's batch norm, else the pooled features.
    package static let embedding = Stage("embedding")
}

extension Stage: Hashable {
    package static func == (first: Stage, second: Stage) -> Bool {
        first.name.utf8.elementsEqual(second.name.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        for byte in name.utf8 { hasher.combine(byte) }
    }
}

extension Stage: CustomStringConvertible {
    package var description: String { name }
}
