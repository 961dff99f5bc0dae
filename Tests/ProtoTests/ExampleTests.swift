import Proto
import TestSupport
import Testing

@Suite struct ExampleTests {
    private func example(_ bytes: [UInt8]) throws(ProtoError) -> Example {
        try Example(unsafe bytes.span.bytes)
    }

    /// A field of bytes, of which no test needs more than 127.
    private func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        precondition(bytes.count < 128)
        return [number << 3 | 2, UInt8(bytes.count)] + bytes
    }

    /// A record of map entries.
    private func record(_ entries: [[UInt8]]) -> [UInt8] {
        field(1, entries.flatMap { field(1, $0) })
    }

    private func entry(_ name: String, _ feature: [UInt8]) -> [UInt8] {
        field(1, Array(name.utf8)) + field(2, feature)
    }

    @Test("I01: TensorFlow's example: infinity, -0, a denormal, the largest and smallest integers")
    func golden() throws {
        let bytes = try Fixture.bytes("formats/example.pb")
        let example = try example(bytes)
        #expect(example.names == ["f", "none", "b", "unicode é", "i"])
        guard case .floats(let floats)? = example["f"] else {
            Issue.record("f holds no floats")
            return
        }
        #expect(floats.map(\.bitPattern) == [0x3F00_0000, 0x8000_0000, 0x7F80_0000, 0x2CA])
        #expect(example["none"] == Example.Feature.none)
        #expect(example["b"] == .bytes([[], [0xFF, 0]]))
        #expect(example["unicode é"] == .bytes([[0x76]]))
        #expect(example["i"] == .integers([1, -1, 1 << 62, Int64.min]))
        #expect(example["missing"] == nil)
        #expect(example.serialized == bytes)
    }

    @Test("I01: packed and unpacked values in one list")
    func mixed() throws {
        let packed = field(3, field(1, [1, 2]) + [0x08, 3] + field(1, [4]))
        #expect(try example(record([entry("a", packed)]))["a"] == .integers([1, 2, 3, 4]))
        let floats = field(2, [0x0D, 0, 0, 0x80, 0x3F] + field(1, [0, 0, 0, 0x40]))
        #expect(try example(record([entry("a", floats)]))["a"] == .floats([1, 2]))
    }

    @Test("I02: of a name that comes twice the last counts, features that come twice are merged")
    func twice() throws {
        let (seven, three) = (field(3, [0x08, 7]), field(3, [0x08, 3]))
        let twice = try example(record([entry("a", seven), entry("b", seven), entry("a", three)]))
        #expect(twice.names == ["b", "a"])
        #expect(twice["a"] == .integers([3]))
        let two = try example(record([entry("a", seven)]) + record([entry("b", three)]))
        #expect(two.names == ["a", "b"])
        // The value stands before the name.
        let turned = field(2, seven) + field(1, [0x61])
        #expect(try example(record([turned]))["a"] == .integers([7]))
        // One kind twice is joined, of two kinds the last counts.
        #expect(try example(record([entry("a", seven + three)]))["a"] == .integers([7, 3]))
        let other = field(1, field(1, [9]))
        #expect(try example(record([entry("a", seven + other)]))["a"] == .bytes([[9]]))
    }

    @Test(
        "I04: what breaks the wire format",
        arguments: [
            // A float list of five bytes, an integer of eleven.
            [
                0x0A, 0x0E, 0x0A, 0x0C, 0x0A, 0x01, 0x61, 0x12, 0x07, 0x12, 0x05, 0x0A, 0x03, 1, 2,
                3,
            ],
            [0x08] + [UInt8](repeating: 0xFF, count: 10) + [1],
            // Field 0, the end of a group, groups in groups.
            [0x02, 0x00], [0x0C], [UInt8](repeating: 0x0B, count: 200_000),
            // Lengths of 2 GiB, of all bits, and none.
            [0x0A, 0x80, 0x80, 0x80, 0x80, 0x08, 1],
            [0x0A] + [UInt8](repeating: 0xFF, count: 9) + [1, 1], [0x0A],
        ] as [[UInt8]]
    )
    func broken(bytes: [UInt8]) {
        #expect(throws: ProtoError.self) { try example(bytes) }
    }

    @Test("I04: a group is an unknown field, a hundred deep at most")
    func groups() throws {
        // Group 5 with an integer, eight bytes, a string and a group in it.
        let group: [UInt8] = [
            0x2B, 0x08, 0x96, 0x01, 0x11, 1, 2, 3, 4, 5, 6, 7, 8, 0x1A, 1, 0x61, 0x33, 0x34, 0x2C,
        ]
        let bytes = group + record([entry("a", field(3, [0x08, 7]))]) + group
        var example = try example(bytes)
        #expect(example["a"] == .integers([7]))
        example["a"] = .integers([8])
        #expect(example.serialized.starts(with: group))
        func nested(_ depth: Int) -> [UInt8] {
            [UInt8](repeating: 0x0B, count: depth) + [UInt8](repeating: 0x0C, count: depth)
        }
        #expect(throws: Never.self) { try self.example(nested(100)) }
        // Too deep, of another number at the end, without an end, with what is cut off inside.
        for wrong in [
            nested(101), [0x0B, 0x14], [0x0B], [0x0B, 0x09, 1, 0x0C], [0x0B, 0x12, 9, 0x0C],
        ] {
            #expect(throws: ProtoError.malformed(message: "Example", offset: 0)) {
                try self.example(wrong)
            }
        }
    }

    @Test("I05: entries without a name or without a value")
    func incomplete() throws {
        let example = try example(record([field(2, field(3, [0x08, 7])), field(1, [0x61])]))
        #expect(example[""] == .integers([7]))
        #expect(example["a"] == Example.Feature.none)
    }

    @Test("I06: unknown fields stay where they are when a feature is replaced or added")
    func unknown() throws {
        let unknown: [UInt8] = [0x98, 0x06, 0x2A]
        let kept = entry("a", field(3, [0x08, 7] + unknown) + unknown) + unknown
        let replaced = entry("b", field(3, [0x08, 3]))
        let bytes = field(1, field(1, kept) + unknown + field(1, replaced)) + unknown
        var example = try example(bytes)
        example["b"] = .floats([1])
        example["c"] = .bytes([[1, 2]])
        let result = example.serialized
        let start = field(1, field(1, kept) + unknown) + unknown
        #expect(Array(result[..<start.count]) == start)
        let again = try self.example(result)
        #expect(again.names == ["a", "b", "c"])
        #expect(again["a"] == .integers([7]))
        #expect(again["b"] == .floats([1]))
        #expect(again["c"] == .bytes([[1, 2]]))
    }

    @Test("I06: a feature that is taken out leaves all other bytes as they are")
    func removal() throws {
        let unknown: [UInt8] = [0x98, 0x06, 0x2A]
        let (kept, gone) = (entry("a", field(3, [0x08, 7])), entry("b", field(3, [0x08, 3])))
        let bytes = record([gone, kept, gone]) + unknown + record([gone, kept])
        var example = try example(bytes)
        example["c"] = .integers([1])
        example.remove("b")
        example["c"] = nil
        example.remove("d")
        #expect(example.names == ["a"])
        #expect(example["b"] == nil)
        #expect(example.serialized == record([kept]) + unknown + record([kept]))
        example["b"] = .floats([2])
        let again = try self.example(example.serialized)
        #expect(again.names == ["a", "b"])
        #expect(again["b"] == .floats([2]))
    }

    @Test("I07: names must be UTF-8")
    func names() {
        #expect(throws: ProtoError.malformed(message: "Example", offset: 6)) {
            try example(record([field(1, [0xFF])]))
        }
    }

    @Test("a record from nothing")
    func fromNothing() throws {
        var new = Example()
        new["b"] = .integers([-1, 300])
        new["a"] = .bytes([[]])
        let read = try example(new.serialized)
        #expect(read.names == ["b", "a"])
        #expect(read["b"] == .integers([-1, 300]))
        #expect(read["a"] == .bytes([[]]))
    }

    @Test("L01: every cut and every flipped byte is read or refused, and a rewrite is stable")
    func mutations() throws {
        let bytes = try Fixture.bytes("formats/example.pb")
        for place in bytes.indices {
            if place > 0 {
                #expect(throws: ProtoError.self) { try example(Array(bytes[..<place])) }
            }
            for bit in 0..<8 {
                var changed = bytes
                changed[place] ^= 1 << UInt8(bit)
                guard let read = try? example(changed) else { continue }
                #expect(read.serialized == changed)
                for name in read.names { #expect(read[name] != nil) }
            }
        }
    }
}
