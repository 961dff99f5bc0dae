package import Proto

extension ReferenceTensor {
    /// The most elements that a constant may have that states fewer values.
    ///
    /// The file does not warrant their memory.
    private static let splatLimit = 1 << 26

    /// The values of a constant, in every form that TensorFlow writes.
    ///
    /// They are bytes, or a list of numbers; if the list is shorter, its last number stands for the rest, and an empty one
    /// for zeros.
    ///
    /// - Throws: ``ReferenceError`` if its shape is not known or too large, its type is none that is computed, or the
    ///   bytes do not fit.
    package init(_ message: TensorMessage) throws(ReferenceError) {
        guard message.shape?.isRankUnknown != true else {
            throw ReferenceError("a constant without a shape")
        }
        var shape: [Int] = []
        for dimension in message.shape?.dimensions ?? [] {
            guard let extent = Int(exactly: dimension) else {
                throw ReferenceError("a constant of \(dimension) elements along an axis")
            }
            shape.append(extent)
        }
        let count = try Self.count(shape)
        let reading = ConstantReading(message: message, count: count, limit: Self.splatLimit)
        let elements: ReferenceElements
        switch DataType(rawValue: message.dataType)?.unquantised {
        case .float32: elements = .float32(try reading.values(message.floats) { $0 })
        case .float64: elements = .float64(try reading.values(message.doubles) { $0 })
        case .float16:
            elements = .float16(
                try reading.values(message.halfs) {
                    Float16(bitPattern: UInt16(truncatingIfNeeded: $0))
                }
            )
        case .bfloat16:
            elements = .bfloat16(
                try reading.values(message.halfs) {
                    BFloat16(bitPattern: UInt16(truncatingIfNeeded: $0))
                }
            )
        case .int8:
            elements = .int8(try reading.values(message.integers) { Int8(truncatingIfNeeded: $0) })
        case .int16:
            elements = .int16(
                try reading.values(message.integers) { Int16(truncatingIfNeeded: $0) }
            )
        case .int32: elements = .int32(try reading.values(message.integers) { $0 })
        case .int64: elements = .int64(try reading.values(message.longIntegers) { $0 })
        case .uint8:
            elements = .uint8(
                try reading.values(message.integers) { UInt8(truncatingIfNeeded: $0) }
            )
        case .uint16:
            elements = .uint16(
                try reading.values(message.integers) { UInt16(truncatingIfNeeded: $0) }
            )
        case .uint32: elements = .uint32(try reading.values(message.unsignedIntegers) { $0 })
        case .uint64: elements = .uint64(try reading.values(message.longUnsignedIntegers) { $0 })
        case .bool:
            guard message.content.isEmpty else {
                let bytes: [UInt8] = try reading.values([]) { (byte: UInt8) in byte }
                elements = .bool(bytes.map { $0 != 0 })
                break
            }
            elements = .bool(try reading.spread(message.bools, filler: false))
        case .string: elements = .string(try reading.spread(message.strings, filler: []))
        case let type:
            throw ReferenceError("a constant of the type \(type?.name ?? "\(message.dataType)")")
        }
        self.init(unchecked: shape, elements: elements)
    }

    /// Values of a type from their bytes, little-endian.
    ///
    /// - Throws: ``ReferenceError`` if the type is none that is computed, or the bytes do not fit.
    package init(
        _ shape: [Int],
        _ type: DataType,
        bytes: [UInt8]
    ) throws(ReferenceError) {
        var message = TensorMessage()
        message.dataType = type.rawValue
        message.shape = TensorShape(shape.map { Int64($0) })
        message.content = bytes
        guard let width = type.byteCount, bytes.count == width * (try Self.count(shape)) else {
            throw ReferenceError("\(bytes.count) bytes for \(type.name) of the shape \(shape)")
        }
        try self.init(message)
    }
}

extension DataType {
    /// The type that holds the same bits, for numbers that stand for levels of others.
    fileprivate var unquantised: DataType {
        switch self {
        case .qint8: .int8
        case .quint8: .uint8
        case .qint16: .int16
        case .quint16: .uint16
        case .qint32: .int32
        default: self
        }
    }
}

/// How many values a constant has, and where they are.
private struct ConstantReading {
    let message: TensorMessage
    let count: Int
    let limit: Int

    /// The values of bytes, or of a list.
    func values<Stated, Element: ReferenceElement>(
        _ list: [Stated],
        _ convert: (Stated) -> Element
    ) throws(ReferenceError) -> [Element] {
        guard !message.content.isEmpty else {
            return try spread(list.prefix(count).map(convert), filler: Element.blank)
        }
        guard message.content.count == count * MemoryLayout<Element>.size else {
            throw ReferenceError(
                "\(message.content.count) bytes for a constant of \(count) values"
            )
        }
        return unsafe [Element](unsafeUninitializedCapacity: count) { buffer, filled in
            unsafe UnsafeMutableRawBufferPointer(buffer).copyBytes(from: message.content)
            filled = count
        }
    }

    /// The last value repeated.
    func spread<Element>(_ list: [Element], filler: Element) throws(ReferenceError) -> [Element] {
        guard list.count < count else { return Array(list.prefix(count)) }
        guard count <= limit else {
            throw ReferenceError("a constant of \(count) values that states \(list.count)")
        }
        let rest = repeatElement(list.last ?? filler, count: count - list.count)
        return list + rest
    }
}
