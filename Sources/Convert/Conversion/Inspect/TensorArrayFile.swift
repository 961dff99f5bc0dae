public import Checkpoint
internal import Formats
internal import Foundation
internal import Proto

/// A part of a tensor as a `.npy` file.
///
/// Types that NumPy lacks are widened: bfloat16 and floats of eight bits or fewer to float32, small and quantised whole numbers to
/// those of their width.
public enum TensorArrayFile {
    /// Writes a file.
    ///
    /// - Throws: ``ConversionError/noSuchForm(tensor:type:)``, and `CheckpointError` if a file is there and is not to be replaced, or
    ///   it cannot be written.
    public static func write(
        _ bytes: RawSpan,
        _ tensor: TensorEntry,
        _ selection: TensorSelection,
        to path: String,
        replacing isReplacing: Bool
    ) throws {
        guard isReplacing || !FileManager.default.fileExists(atPath: path) else {
            throw CheckpointError.exists(path: path)
        }
        guard let descriptor = descriptor(tensor.dataType) else {
            throw ConversionError.noSuchForm(tensor: tensor.name, type: tensor.dataType.name)
        }
        let file = try AtomicFile(path: path, replacing: isReplacing)
        try file.write(NPYHeader.bytes(descriptor: descriptor, shape: selection.shape))
        var pending: [UInt8] = []
        let width = tensor.dataType.byteCount ?? 1
        for index in selection.indices {
            if isWidened(tensor.dataType), let format = NumberFormat(tensor.dataType) {
                let pattern = Float(format.number(bytes, at: index)).bitPattern.littleEndian
                unsafe withUnsafeBytes(of: pattern) { unsafe pending.append(contentsOf: $0) }
            } else {
                let place = index * width
                unsafe bytes.extracting(place..<(place + width)).withUnsafeBytes {
                    unsafe pending.append(contentsOf: $0)
                }
            }
            if pending.count >= 1 << 16 {
                try file.write(pending)
                pending.removeAll(keepingCapacity: true)
            }
        }
        try file.write(pending)
        try file.commit()
    }

    private static func isWidened(_ type: DataType) -> Bool {
        guard type != .float16, type != .float32, type != .float64 else { return false }
        return NumberFormat(type)?.isFloatingPoint == true
    }

    /// NumPy's name of a type.
    private static func descriptor(_ type: DataType) -> String? {
        switch type {
        case .float32: "<f4"
        case .float64: "<f8"
        case .float16: "<f2"
        case .int8, .qint8, .int4, .int2: "|i1"
        case .uint8, .quint8, .uint4, .uint2: "|u1"
        case .int16, .qint16: "<i2"
        case .uint16, .quint16: "<u2"
        case .int32, .qint32: "<i4"
        case .uint32: "<u4"
        case .int64: "<i8"
        case .uint64: "<u8"
        case .bool: "|b1"
        case .complex64: "<c8"
        case .complex128: "<c16"
        case .string, .resource, .variant: nil
        default: "<f4"
        }
    }
}
