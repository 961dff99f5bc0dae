import Proto
import Reference
import Testing

/// Constants in the forms that TensorFlow writes.
@Suite struct ConstantTests {
    private static func message(
        _ type: DataType,
        _ shape: [Int64]?,
        content: [UInt8] = [],
        floats: [Float] = [],
        integers: [Int32] = [],
        halfs: [Int32] = []
    ) -> TensorMessage {
        var message = TensorMessage()
        message.dataType = type.rawValue
        message.shape = shape.map { TensorShape($0) }
        message.content = content
        message.floats = floats
        message.integers = integers
        message.halfs = halfs
        return message
    }

    @Test("bytes are little-endian values")
    func bytes() throws {
        let tensor = try ReferenceTensor(
            Self.message(.int16, [2], content: [0xFE, 0xFF, 0x00, 0x01])
        )
        #expect(tensor == ReferenceTensor(list: [Int16(-2), 256]))
        let truths = try ReferenceTensor(Self.message(.bool, [3], content: [0, 1, 2]))
        #expect(truths == ReferenceTensor(list: [false, true, true]))
    }

    static let forms: [(message: TensorMessage, value: ReferenceTensor)] = {
        var double = message(.float64, [])
        double.doubles = [0.1]
        var long = message(.int64, [1])
        long.longIntegers = [-5]
        var string = message(.string, [1])
        string.strings = [[65]]
        return [
            (message(.float32, [2], floats: [1, 2]), ReferenceTensor(list: [Float(1), 2])),
            (message(.float16, [1], halfs: [0x3C00]), ReferenceTensor(list: [Float16(1)])),
            (message(.bfloat16, [1], halfs: [0x3F80]), ReferenceTensor(list: [BFloat16(1)])),
            (message(.uint8, [2], integers: [255, 7]), ReferenceTensor(list: [UInt8(255), 7])),
            (double, ReferenceTensor(0.1)),
            (long, ReferenceTensor(list: [Int64(-5)])),
            (string, ReferenceTensor(list: [[UInt8(65)]])),
        ]
    }()

    @Test("lists hold the values of each type", arguments: 0..<7)
    func lists(index: Int) throws {
        #expect(try ReferenceTensor(Self.forms[index].message) == Self.forms[index].value)
    }

    @Test("the last of fewer values stands for the rest, and none for zeros")
    func fewer() throws {
        let repeated = try ReferenceTensor(Self.message(.int32, [2, 2], integers: [1, 2]))
        #expect(try repeated.integers() == [1, 2, 2, 2])
        #expect(try ReferenceTensor(Self.message(.float32, [2])).values == [0, 0])
        #expect(try ReferenceTensor(Self.message(.bool, [2])).truths() == [false, false])
        #expect(try ReferenceTensor(Self.message(.float32, nil, floats: [3])).shape == [])
        #expect(try ReferenceTensor(Self.message(.float32, [0, 3])).shape == [0, 3])
    }

    static let faults: [(message: TensorMessage, reason: String)] = {
        var unknown = message(.float32, [])
        unknown.shape = TensorShape([], isRankUnknown: true)
        return [
            (message(.float32, [-1]), "a tensor of the shape [-1]"),
            (message(.float32, [.max, 2]), "a tensor of the shape [\(Int.max), 2]"),
            (message(.float32, [0, .max]), "a tensor of the shape [0, \(Int.max)]"),
            (
                message(.float32, [1 << 27], floats: [1]),
                "a constant of 134217728 values that states 1"
            ),
            (message(.float32, [], content: [1, 2, 3]), "3 bytes for a constant of 1 values"),
            (message(.complex64, []), "a constant of the type complex64"),
            (
                message(.float32, [Int64](repeating: 1, count: 300)),
                "a tensor of 300 dimensions"
            ),
            (unknown, "a constant without a shape"),
        ]
    }()

    @Test("what is no constant is an error, before anything is allocated", arguments: 0..<8)
    func errors(index: Int) {
        let fault = Self.faults[index]
        var found: ReferenceError?
        do throws(ReferenceError) {
            _ = try ReferenceTensor(fault.message)
        } catch {
            found = error
        }
        #expect(found == ReferenceError(fault.reason))
    }
}
