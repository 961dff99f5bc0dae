import Formats
import Foundation
import TestSupport
import Testing

@Suite("A MATLAB file")
struct MATFileTests {
    /// A value as `expected.json` has it.
    private struct Expected: Decodable {
        let plain: MATValue

        private enum Key: String, CodingKey {
            case numbers, cells, structures, text, values, fields
        }

        init(from decoder: any Decoder) throws {
            let found = try decoder.container(keyedBy: Key.self)
            func all(_ values: [Expected]) -> [MATValue] { values.map(\.plain) }
            if let shape = try found.decodeIfPresent([Int].self, forKey: .numbers) {
                let values = try found.decode([Double].self, forKey: .values)
                plain = .numbers(shape: shape, values)
            } else if let shape = try found.decodeIfPresent([Int].self, forKey: .cells) {
                let values = try found.decode([Expected].self, forKey: .values)
                plain = .cells(shape: shape, all(values))
            } else if let shape = try found.decodeIfPresent([Int].self, forKey: .structures) {
                let fields = try found.decode([String: [Expected]].self, forKey: .fields)
                plain = .structures(shape: shape, fields.mapValues(all))
            } else {
                plain = .text(try found.decode(String.self, forKey: .text))
            }
        }
    }

    private static let names = [
        "numbers", "structures", "structures-compressed", "little-endian", "big-endian", "sparse",
    ]

    private func content(_ name: String) throws -> [UInt8] {
        try Fixture.bytes("matlab/\(name).mat")
    }

    @Test("holds what SciPy reads out of it", arguments: names)
    func values(name: String) throws {
        let all = try Fixture.json("matlab/expected.json", as: [String: [String: Expected]].self)
        let expected = try #require(all[name])
        let found = try MATFile(path: Fixture.path("matlab/\(name).mat")).variables
        #expect(Set(found.keys) == Set(expected.keys))
        for (variable, value) in expected { #expect(found[variable] == value.plain, "\(variable)") }
    }

    @Test("that is cut off is refused, or gives the variables before the cut", arguments: names)
    func truncation(name: String) throws {
        let whole = try content(name)
        let variables = try MATFile(whole, path: "x.mat").variables
        for length in whole.indices {
            do throws(FormatError) {
                let found = try MATFile(Array(whole.prefix(length)), path: "x.mat").variables
                #expect(found.count < variables.count, "\(length) bytes")
                #expect(found.allSatisfy { variables[$0.key] == $0.value }, "\(length) bytes")
            } catch {
                guard case .malformedFile("x.mat", let offset, _) = error else {
                    Issue.record("\(length) bytes: \(error)")
                    return
                }
                #expect(offset <= length)
            }
        }
    }

    @Test("with any byte changed is refused or read", arguments: names)
    func changes(name: String) throws {
        let whole = try content(name)
        for place in whole.indices {
            for change: UInt8 in [0x01, 0x80, 0xFF] {
                var content = whole
                content[place] ^= change
                do throws(FormatError) {
                    _ = try MATFile(content, path: "x.mat")
                } catch {
                    guard case .malformedFile("x.mat", _, _) = error else {
                        Issue.record("byte \(place): \(error)")
                        return
                    }
                }
            }
        }
    }

    @Test("of level 4, or of another program, is refused")
    func otherFormats() {
        #expect(
            throws: FormatError.malformedFile(
                path: "x.mat",
                offset: 126,
                reason: "this is no MATLAB file of level 5"
            )
        ) { try MATFile([UInt8](repeating: 0, count: 200), path: "x.mat") }
        #expect(
            throws: FormatError.malformedFile(
                path: "x.mat",
                offset: 20,
                reason: "the header is cut off"
            )
        ) { try MATFile([UInt8](repeating: 0, count: 20), path: "x.mat") }
        #expect(throws: FormatError.missing(path: "/nowhere.mat")) {
            try MATFile(path: "/nowhere.mat")
        }
    }

    @Test("of another level is named, with what to do")
    func otherLevels() throws {
        var later = Array("MATLAB 7.3 MAT-file, Platform: GLNXA64".utf8)
        later += [UInt8](repeating: 0x20, count: 124 - later.count) + [0, 2, 0x49, 0x4D]
        later += [UInt8](repeating: 0, count: 512 - later.count)
        later += [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
        // Doubles in the machine's order, 1 row, 2 columns, no imaginary part, a name of 7 bytes.
        let values = Array("labels".utf8) + [UInt8](repeating: 0, count: 17)
        let little = [0, 1, 2, 0, 7].flatMap { [UInt8($0), 0, 0, 0] as [UInt8] }
        let big = [1000, 1, 2, 0, 7].flatMap {
            [0, 0, UInt8($0 >> 8), UInt8($0 & 0xFF)] as [UInt8]
        }
        for (content, kind) in [
            (later, "level 7.3 (HDF5)"), (little + values, "level 4"), (big + values, "level 4"),
        ] {
            let error = FormatError.otherLevel(path: "x.mat", level: kind)
            #expect(throws: error) { try MATFile(content, path: "x.mat") }
            #expect(
                "\(error)"
                    == "x.mat: this is a MATLAB file of \(kind), which is not read; save it with -v7"
            )
        }
    }

    // MARK: Laid out here

    private func word(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(value >> (8 * $0) & 0xFF) } }

    private func element(_ type: Int, _ bytes: [UInt8]) -> [UInt8] {
        word(type) + word(bytes.count) + bytes
            + [UInt8](repeating: 0, count: (8 - bytes.count % 8) % 8)
    }

    private func matrix(_ kind: Int, _ shape: [Int], _ rest: [UInt8]) -> [UInt8] {
        element(
            14,
            element(6, word(kind) + word(0)) + element(5, shape.flatMap(word))
                + element(1, [0x61]) + rest
        )
    }

    private func file(_ elements: [UInt8]) -> [UInt8] {
        [UInt8](repeating: 0x20, count: 124) + [0, 1, 0x49, 0x4D] + elements
    }

    private func reason(_ elements: [UInt8]) -> String? {
        do throws(FormatError) {
            _ = try MATFile(file(elements), path: "x.mat")
            return nil
        } catch {
            guard case .malformedFile(_, _, let reason) = error else { return "\(error)" }
            return reason
        }
    }

    @Test("cannot nest its arrays without end")
    func depth() {
        var inner = matrix(6, [1, 1], element(2, [7]))
        for _ in 0..<20 { inner = matrix(1, [1, 1], inner) }
        #expect(reason(inner) == nil)
        for _ in 0..<20 { inner = matrix(1, [1, 1], inner) }
        #expect(reason(inner) == "arrays are nested too deeply")
    }

    @Test("cannot promise more than it has")
    func promises() {
        let large = 0x7FFF_FFFF
        #expect(
            reason(matrix(1, [large, large], []))
                == "more elements are stated than the bytes can hold"
        )
        #expect(
            reason(matrix(6, [large, large, large, large], element(2, [7])))
                == "the extents are wrong"
        )
        #expect(reason(matrix(6, [2, 2], element(2, [7]))) == "1 values for the extents [2, 2]")
        #expect(
            reason(word(14) + word(large)) == "\(large) bytes are stated where 0 are left"
        )
        let names = element(5, word(0)) + element(1, [])
        #expect(reason(matrix(2, [1, 1], names)) == "the names of the fields are wrong")
    }

    @Test("is read past function handles and objects, which have parts of their own")
    func passedOver() throws {
        let handle = matrix(16, [1, 1], matrix(6, [1, 1], element(2, [7])))
        let object = element(
            14,
            element(6, word(17) + word(0)) + element(1, [0x62]) + element(1, [0x63])
        )
        let number = matrix(6, [1, 1], element(2, [7]))
        let found = try MATFile(file(handle + object + number), path: "x.mat").variables
        #expect(found == ["a": .numbers(shape: [1, 1], [7])])
    }
}
