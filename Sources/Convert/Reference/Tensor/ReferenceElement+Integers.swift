package import Proto

extension Int8: IntegerElement {
    package static var type: DataType { .int8 }
    package static func elements(_ values: [Int8]) -> ReferenceElements { .int8(values) }
    package static func values(of elements: ReferenceElements) -> [Int8]? {
        if case .int8(let values) = elements { values } else { nil }
    }
}

extension Int16: IntegerElement {
    package static var type: DataType { .int16 }
    package static func elements(_ values: [Int16]) -> ReferenceElements { .int16(values) }
    package static func values(of elements: ReferenceElements) -> [Int16]? {
        if case .int16(let values) = elements { values } else { nil }
    }
}

extension Int32: IntegerElement {
    package static var type: DataType { .int32 }
    package static func elements(_ values: [Int32]) -> ReferenceElements { .int32(values) }
    package static func values(of elements: ReferenceElements) -> [Int32]? {
        if case .int32(let values) = elements { values } else { nil }
    }
}

extension Int64: IntegerElement {
    package static var type: DataType { .int64 }
    package static func elements(_ values: [Int64]) -> ReferenceElements { .int64(values) }
    package static func values(of elements: ReferenceElements) -> [Int64]? {
        if case .int64(let values) = elements { values } else { nil }
    }
}

extension UInt8: IntegerElement {
    package static var type: DataType { .uint8 }
    package static func elements(_ values: [UInt8]) -> ReferenceElements { .uint8(values) }
    package static func values(of elements: ReferenceElements) -> [UInt8]? {
        if case .uint8(let values) = elements { values } else { nil }
    }
}

extension UInt16: IntegerElement {
    package static var type: DataType { .uint16 }
    package static func elements(_ values: [UInt16]) -> ReferenceElements { .uint16(values) }
    package static func values(of elements: ReferenceElements) -> [UInt16]? {
        if case .uint16(let values) = elements { values } else { nil }
    }
}

extension UInt32: IntegerElement {
    package static var type: DataType { .uint32 }
    package static func elements(_ values: [UInt32]) -> ReferenceElements { .uint32(values) }
    package static func values(of elements: ReferenceElements) -> [UInt32]? {
        if case .uint32(let values) = elements { values } else { nil }
    }
}

extension UInt64: IntegerElement {
    package static var type: DataType { .uint64 }
    package static func elements(_ values: [UInt64]) -> ReferenceElements { .uint64(values) }
    package static func values(of elements: ReferenceElements) -> [UInt64]? {
        if case .uint64(let values) = elements { values } else { nil }
    }
}
