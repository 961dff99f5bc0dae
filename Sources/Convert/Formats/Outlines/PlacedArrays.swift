internal import Checkpoint
internal import Proto

/// Arrays whose bytes lie in mapped files as they are, or were put together; none has a checksum.
struct PlacedArrays: TensorSource {
    /// Where an array's bytes are.
    enum Place: Sendable {
        case mapped(MappedFile, Range<Int>)
        case made([UInt8])
    }

    let tensors: [TensorEntry]
    private let places: [[UInt8]: Place]
    private let path: String

    /// Of arrays of one name the first counts.
    init(_ arrays: [(key: [UInt8], type: DataType, shape: [Int], place: Place)], path: String) {
        var places: [[UInt8]: Place] = [:]
        var tensors: [TensorEntry] = []
        for array in arrays where places[array.key] == nil {
            places[array.key] = array.place
            let range =
                switch array.place {
                case .mapped(_, let range): range
                case .made(let bytes): 0..<bytes.count
                }
            tensors.append(
                TensorEntry(
                    array: array.key,
                    array.type,
                    shape: array.shape,
                    offset: range.lowerBound,
                    byteCount: range.count
                )
            )
        }
        self.tensors = tensors.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        self.places = places
        self.path = path
    }

    func bytes(of tensor: TensorEntry, verifies: Bool) throws(CheckpointError) -> StoredBytes {
        switch places[tensor.key] {
        case .mapped(let file, let range):
            return try unsafe StoredBytes(file.buffer(range), owner: file)
        case .made(let bytes): return StoredBytes(bytes)
        case nil:
            throw .malformedEntry(path: path, tensor: tensor.name, reason: "it is not there")
        }
    }

    /// The bytes that elements of a shape take; nil where they are too many to count.
    static func byteCount(_ type: DataType, _ shape: [Int]) -> Int? {
        guard shape.count <= 254, shape.allSatisfy({ $0 >= 0 }), var count = type.byteCount else {
            return nil
        }
        for extent in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            guard !overflow else { return nil }
            count = product
        }
        return count
    }
}
