internal import Base

/// The values of a model's parameters.
public struct Weights: Sendable {
    private var tensors: [ParameterKey: WeightTensor] = [:]

    /// No values yet.
    public init() {}

    /// The values of one parameter, if they are known.
    public subscript(key: ParameterKey) -> WeightTensor? {
        get { tensors[key] }
        set { tensors[key] = newValue }
    }

    /// The values of one parameter.
    ///
    /// - Throws: ``EngineError/missingParameter(_:)``,
    ///   ``EngineError/wrongShape(_:found:expected:)``.
    func tensor(_ key: ParameterKey, shape: [Int]) throws(EngineError) -> WeightTensor {
        guard let tensor = tensors[key] else { throw .missingParameter(key) }
        guard tensor.shape == shape else {
            throw .wrongShape(key, found: tensor.shape, expected: shape)
        }
        return tensor
    }
}

/// Float32 values in row-major order, in memory that may be a mapped file.
@safe
public struct WeightTensor: @unchecked Sendable {  // bytes are only read; `owner` keeps them
    /// The extent of each dimension.
    public let shape: [Int]
    private let bytes: UnsafeRawBufferPointer
    private let owner: AnyObject?

    /// Values that lie in memory that `owner` keeps alive; they need no alignment.
    ///
    /// - Precondition: `bytes` holds four bytes, little-endian, for each element of `shape`, for as long as `owner` lives.
    @unsafe
    public init(shape: [Int], bytes: UnsafeRawBufferPointer, owner: AnyObject) {
        let count = shape.reduce(1, *)
        precondition(
            bytes.count == count * 4,
            "\(bytes.count) bytes for \(count) elements"
        )
        self.shape = shape
        unsafe self.bytes = bytes
        self.owner = owner
    }

    /// A copy of an array of values.
    ///
    /// - Precondition: As many values as `shape` has elements.
    public init(shape: [Int], values: [Float]) {
        let count = shape.reduce(1, *)
        precondition(values.count == count, "\(values.count) values for \(count) elements")
        self.shape = shape
        let storage = Storage(byteCount: count * 4)
        _ = unsafe storage.floats.update(fromContentsOf: values)
        unsafe bytes = UnsafeRawBufferPointer(start: storage.bytes, count: count * 4)
        owner = storage
    }

    /// The number of elements.
    public var count: Int { shape.reduce(1, *) }

    /// The values as an array.
    public var values: [Float] {
        unsafe [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            unsafe copy(to: buffer)
            initialized = count
        }
    }

    /// Fills memory with the values from one on.
    func copy(to target: UnsafeMutableBufferPointer<Float>, from start: Int) {
        let range = (4 * start)..<(4 * (start + target.count))
        unsafe UnsafeMutableRawBufferPointer(target)
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[range]))
    }

    /// Copies the values to memory for at least as many.
    func copy(to target: UnsafeMutableBufferPointer<Float>) {
        precondition(target.count >= count, "room for \(target.count) of \(count) values")
        unsafe UnsafeMutableRawBufferPointer(target).copyMemory(from: bytes)
    }
}
