import Data
import Engine
import Proto
import TestSupport
import Testing

@Suite("A teacher's logits in a record")
struct TeacherLogitsTests {
    private let logits: [Float] = [0.25, -3.5, 7.125, 1.1, -0.3, 7.125, 2.5]

    private func example() -> Example {
        var example = Example()
        example["image/encoded"] = .bytes([[1, 2, 3]])
        example["image/class/label"] = .integers([4])
        return example
    }

    private func stored(_ form: LogitForm) throws -> Example {
        var example = example()
        try form.store(logits, in: &example)
        return try Example(unsafe example.serialized.span.bytes)
    }

    private func read(
        _ example: Example,
        classes: Int = 7
    ) throws(DataError) -> [Float] {
        try TeacherLogits.read(unsafe example.serialized.span.bytes, classes: classes)
    }

    @Test("every logit, as float32 and as float16")
    func full() throws {
        let plain = try stored(LogitForm())
        #expect(plain.names == ["image/encoded", "image/class/label", "image/logit"])
        #expect(plain["image/logit"] == .floats(logits))
        #expect(try read(plain) == logits)

        let half = try stored(LogitForm(precision: .float16))
        #expect(half.names == ["image/encoded", "image/class/label", "image/logit_f16"])
        // 0.25 is 0x3400, -3.5 is 0xC300, 7.125 is 0x4720, 1.1 is 0x3C66, -0.3 is 0xB4CD, 2.5 is 0x4100.
        let bytes: [UInt8] = [
            0, 0x34, 0, 0xC3, 0x20, 0x47, 0x66, 0x3C, 0xCD, 0xB4, 0x20, 0x47, 0, 0x41,
        ]
        #expect(half["image/logit_f16"] == .bytes([bytes]))
        #expect(try read(half) == logits.map { Float(Float16($0)) })

        let both = try stored(LogitForm(precision: .float16, alsoFull: true))
        #expect(both["image/logit"] == .floats(logits))
        #expect(both["image/logit_f16"] == .bytes([bytes]))
        #expect(try read(both) == logits)
    }

    @Test("the largest logits; the others keep the sum of their probabilities")
    func top() throws {
        let example = try stored(LogitForm(top: 3))
        #expect(example["image/logit"] == nil)
        #expect(example["image/logit_top/length"] == .integers([7]))
        #expect(example["image/logit_top/class"] == .integers([2, 5, 6]))
        #expect(example["image/logit_top/value"] == .floats([7.125, 7.125, 2.5]))
        let values = try read(example)
        for index in [2, 5, 6] { #expect(values[index] == logits[index]) }
        #expect(Set([0, 1, 3, 4].map { values[$0] }).count == 1)
        let (ours, theirs) = (softmax(values), softmax(logits))
        for index in [2, 5, 6] { #expect(abs(ours[index] - theirs[index]) < 1e-7) }

        let half = try stored(LogitForm(precision: .float16, top: 3))
        #expect(half["image/logit_top/value"] == nil)
        #expect(
            half["image/logit_top/value_f16"] == .bytes([[0x20, 0x47, 0x20, 0x47, 0, 0x41]])
        )
        #expect(try read(half) == values)

        let all = try stored(LogitForm(top: 7))
        #expect(try read(all) == logits)
        #expect(all["image/logit_top/class"] == nil)
    }

    private func softmax(_ logits: [Float]) -> [Double] {
        Probabilities.softmax(logits)
    }

    @Test("another form takes the place of the one that was there")
    func replacement() throws {
        let first = try stored(LogitForm(precision: .float16, top: 2, alsoFull: true))
        var second = first
        try LogitForm(precision: .float16).store(logits.reversed(), in: &second)
        second = try Example(unsafe second.serialized.span.bytes)
        #expect(second.names == ["image/encoded", "image/class/label", "image/logit_f16"])
        #expect(second["image/encoded"] == .bytes([[1, 2, 3]]))
        #expect(try read(second) == logits.reversed().map { Float(Float16($0)) })
    }

    @Test("what cannot be stored")
    func unstorable() {
        var example = example()
        #expect(throws: DataError.notFinite(feature: "image/logit", class: 1)) {
            try LogitForm().store([0, .nan], in: &example)
        }
        #expect(throws: DataError.beyondHalf(class: 0, value: 70_000)) {
            try LogitForm(precision: .float16).store([70_000, 1], in: &example)
        }
        #expect(example.names == ["image/encoded", "image/class/label"])
    }

    private static let faults: [([String: Example.Feature], DataError)] = [
        ([:], .noLogits),
        (
            ["image/logit": .floats([1, 2])],
            .wrongCount(feature: "image/logit", expected: 3, found: 2)
        ),
        (
            ["image/logit": .integers([1, 2, 3])],
            .wrongKind(feature: "image/logit", expected: "a list of floats")
        ),
        (
            ["image/logit": .floats([1, 2, -.infinity])],
            .notFinite(feature: "image/logit", class: 2)
        ),
        (
            ["image/logit_f16": .bytes([[0, 0, 0, 0], [0, 0]])],
            .wrongKind(feature: "image/logit_f16", expected: "one string of float16")
        ),
        (
            ["image/logit_f16": .bytes([[0, 0, 0, 0, 0]])],
            .wrongCount(feature: "image/logit_f16", expected: 3, found: 2)
        ),
        (
            ["image/logit_top/class": .integers([0])],
            .wrongCount(feature: "image/logit_top/length", expected: 3, found: 0)
        ),
        (
            top(length: [4], [0], [1], [0]),
            .wrongCount(feature: "image/logit_top/length", expected: 3, found: 4)
        ),
        (
            top([0, 1], [1], [0]),
            .wrongCount(feature: "image/logit_top/value", expected: 2, found: 1)
        ),
        (
            [
                "image/logit_top/class": .integers([0]),
                "image/logit_top/length": .integers([3]),
            ],
            .wrongCount(feature: "image/logit_top/value", expected: 1, found: 0)
        ),
        (
            top([0], [1], nil),
            .wrongCount(feature: "image/logit_top/rest", expected: 1, found: 0)
        ),
        (
            top([3], [1], [0]),
            .wrongClass(feature: "image/logit_top/class", class: 3, classes: 3)
        ),
        (
            top([-1], [1], [0]),
            .wrongClass(feature: "image/logit_top/class", class: -1, classes: 3)
        ),
        (
            top([1, 1], [1, 2], [0]),
            .doubledClass(feature: "image/logit_top/class", class: 1)
        ),
    ]

    @Test("what is missing or misshapen", arguments: faults.indices)
    func fault(index: Int) {
        let (features, error) = Self.faults[index]
        var example = example()
        for (name, feature) in features { example[name] = feature }
        #expect(throws: error) { try read(example, classes: 3) }
    }

    private static func top(
        length: [Int64] = [3],
        _ classes: [Int64],
        _ values: [Float],
        _ rest: [Float]?
    ) -> [String: Example.Feature] {
        var features: [String: Example.Feature] = [
            "image/logit_top/length": .integers(length),
            "image/logit_top/class": .integers(classes),
            "image/logit_top/value": .floats(values),
        ]
        if let rest { features["image/logit_top/rest"] = .floats(rest) }
        return features
    }

    @Test("a record that is cut off throws or lacks them, at every length")
    func truncation() throws {
        let bytes = try stored(LogitForm(precision: .float16, top: 3)).serialized
        for length in bytes.indices {
            let part = Array(bytes[..<length])
            #expect(throws: DataError.self) {
                try TeacherLogits.read(unsafe part.span.bytes, classes: 7)
            }
        }
    }
}
