import Convert
import Networks
import Proto
import Testing

@Suite
struct InspectStatisticsTests {
    private func statistics(_ values: [Float]) throws -> TensorStatistics {
        let format = try #require(NumberFormat(.float32))
        return unsafe TensorStatistics(values.span.bytes, count: values.count, format)
    }

    @Test("figures leave out what is not finite")
    func figures() throws {
        let found = try statistics([0, 3, -1, .nan, .infinity, 2, -.infinity])
        #expect(found.count == 7)
        #expect((found.minimum, found.maximum, found.mean) == (-1, 3, 1))
        #expect(found.norm == 14.0.squareRoot())
        #expect(found.deviation == 2.5.squareRoot())
        #expect((found.zeros, found.nans, found.infinities) == (1, 1, 2))
        #expect(found.histogram.reduce(0, +) == 4)
        #expect(found.suspicions(.weight, name: "kernel") == ["NaN", "infinite"])
    }

    @Test("constants and negative variances are suspicious")
    func suspicious() throws {
        #expect(try statistics([2, 2]).suspicions(.weight, name: "w") == ["constant"])
        #expect(try statistics([2, 2]).suspicions(.slot, name: "w/Momentum") == [])
        #expect(
            try statistics([2, -1]).suspicions(.statistic, name: "b/moving_variance")
                == ["negative variance"]
        )
        #expect(try statistics([-1e30, 1e30]).suspicions(.weight, name: "w") == ["huge spread"])
    }

    @Test("the largest numbers neither trap nor overflow a histogram")
    func largest() throws {
        let format = try #require(NumberFormat(.float64))
        let values: [Double] = [-.greatestFiniteMagnitude, .greatestFiniteMagnitude, 0]
        let found = unsafe TensorStatistics(values.span.bytes, count: 3, format)
        #expect(found.histogram.reduce(0, +) == 3)
    }

    @Test("small types are decoded by their own rules")
    func small() throws {
        func numbers(_ type: DataType, _ bytes: [UInt8]) throws -> [Double] {
            let format = try #require(NumberFormat(type))
            return bytes.indices.map { unsafe format.number(bytes.span.bytes, at: $0) }
        }
        #expect(try numbers(.float8E4M3FN, [0x38, 0x7E, 0x01, 0xB8]) == [1, 448, 0x1p-9, -1])
        #expect(try numbers(.float8E4M3FN, [0x7F])[0].isNaN)
        #expect(try numbers(.float8E5M2, [0x3C, 0x7B, 0x7C]) == [1, 57344, .infinity])
        #expect(try numbers(.float8E4M3FNUZ, [0x40, 0x7F]) == [1, 240])
        #expect(try numbers(.float8E4M3FNUZ, [0x80])[0].isNaN)
        #expect(try numbers(.float8E5M2FNUZ, [0x40, 0x7F]) == [1, 57344])
        #expect(try numbers(.float8E4M3B11FNUZ, [0x58, 0x7F]) == [1, 30])
        #expect(try numbers(.float4E2M1FN, [0x7, 0x9, 0x2]) == [6, -0.5, 1])
        #expect(try numbers(.int4, [0x0F, 0x07, 0x08]) == [-1, 7, -8])
        #expect(try numbers(.uint4, [0x0F]) == [15])
    }

    @Test(
        "variables are sorted by what they are for",
        arguments: [
            ("a/kernel", true, .weight), ("a/kernel/Momentum", true, .slot),
            ("a/kernel/ExponentialMovingAverage", true, .average), ("a/kernel/foo", true, .slot),
            ("a/moving_mean", true, .statistic), ("global_step", false, .other),
            ("a/gamma/Adam_1", true, .slot), ("beta1_power", true, .other),
            ("m/kernel/.OPTIMIZER_SLOT/opt/m/.ATTRIBUTES/VARIABLE_VALUE", true, .slot),
            ("bn/moving_variance/.ATTRIBUTES/VARIABLE_VALUE", true, .statistic),
        ] as [(String, Bool, VariableRole)]
    )
    func roles(name: String, isNumber: Bool, role: VariableRole) {
        #expect(VariableRole(name, isNumber: isNumber) { $0 == "a/kernel" } == role)
    }
}
