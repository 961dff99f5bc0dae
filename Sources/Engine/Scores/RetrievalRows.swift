/// Embeddings that are to be ranked against each other when all are there, in the order of their pictures.
public struct RetrievalRows: Equatable, Sendable {
    /// The place of each picture in the data.
    public private(set) var places: [Int] = []
    /// The label of each picture.
    public private(set) var labels: [Int] = []
    /// `[picture, dimension]`.
    public private(set) var embeddings: [Float] = []

    /// No rows.
    public init() {}

    /// Rows that were gathered before.
    ///
    /// - Precondition: there are as many places, labels and rows of some dimension.
    public init(places: [Int], labels: [Int], embeddings: [Float]) {
        precondition(
            places.count == labels.count && (places.isEmpty || !embeddings.isEmpty)
                && embeddings.count.isMultiple(of: max(places.count, 1)),
            "\(places.count) places, \(labels.count) labels, \(embeddings.count) values"
        )
        self.places = places
        self.labels = labels
        self.embeddings = embeddings
    }

    /// How many there are.
    public var count: Int { places.count }
    /// The values of one row; 0 without rows.
    public var dimension: Int { places.isEmpty ? 0 : embeddings.count / places.count }

    /// Adds a row.
    ///
    /// - Precondition: it has as many values as the others.
    public mutating func add(_ embedding: some Collection<Float>, label: Int, place: Int) {
        precondition(
            places.isEmpty || embedding.count == dimension,
            "\(embedding.count) values in rows of \(dimension)"
        )
        places.append(place)
        labels.append(label)
        embeddings += embedding
    }

    /// Adds the rows that another has gathered, and brings all into the order of the pictures.
    ///
    /// - Precondition: both have the same dimension, if both have rows.
    public mutating func merge(_ other: RetrievalRows) {
        precondition(
            places.isEmpty || other.places.isEmpty || dimension == other.dimension,
            "rows of \(dimension) and \(other.dimension)"
        )
        let (all, allLabels) = (places + other.places, labels + other.labels)
        let values = embeddings + other.embeddings
        let width = all.isEmpty ? 0 : values.count / all.count
        let order = all.indices.sorted { (all[$0], $0) < (all[$1], $1) }
        var sorted: [Float] = []
        sorted.reserveCapacity(values.count)
        for index in order { sorted += values[index * width..<(index + 1) * width] }
        self = RetrievalRows(
            places: order.map { all[$0] },
            labels: order.map { allLabels[$0] },
            embeddings: sorted
        )
    }
}
