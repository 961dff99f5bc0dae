import Formats
import Testing

@Suite("The header of a .npy file")
struct NPYHeaderTests {
    /// A header of version 1 around a dictionary.
    private func header(_ dictionary: String) throws(FormatError) -> NPYHeader {
        let text = Array(dictionary.utf8)
        let start: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0]
        let bytes = start + [UInt8(text.count & 255), UInt8(text.count >> 8)] + text
        return try NPYHeader(bytes.span)
    }

    private func shaped(_ shape: String) throws(FormatError) -> NPYHeader {
        try header("{'descr': '<f4', 'fortran_order': False, 'shape': \(shape)}")
    }

    @Test(
        "is understood in any order, with any blanks and either quotes",
        arguments: [
            "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }      \n",
            "{\"shape\": (2,3), \"descr\": \"<f4\", \"fortran_order\": False}",
            "{ 'fortran_order' : False , 'shape' : ( 2 , 3 , ) , 'descr' : '=f4' }",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (2L, 3L)}",
        ]
    )
    func spellings(dictionary: String) throws {
        let header = try header(dictionary)
        #expect(header.shape == [2, 3])
        #expect(header.type == .float32)
        #expect(header.fileByteCount == 10 + dictionary.utf8.count + 24)
    }

    @Test("has elements of one byte in any byte order", arguments: ["|u1", "<u1", ">u1", "=u1"])
    func oneByte(descriptor: String) throws {
        let header = try header(
            "{'descr': '\(descriptor)', 'fortran_order': False, 'shape': (1,)}"
        )
        #expect(header.type == .uint8)
    }

    @Test(
        "is refused with elements that are not read",
        arguments: ["<c8", "|f4", "<M8[s]", "|S5", "<U7", "f4", "", "|O", "<f44", "|b1"]
    )
    func types(descriptor: String) {
        #expect(throws: FormatError.unsupportedType("'\(descriptor)'")) {
            try header("{'descr': '\(descriptor)', 'fortran_order': False, 'shape': (1,)}")
        }
    }

    @Test("may claim Fortran order where that changes nothing")
    func vectorOrder() throws {
        let header = try header("{'descr': '<f4', 'fortran_order': True, 'shape': (7,)}")
        #expect(header.shape == [7])
    }

    @Test(
        "says where it is malformed, and what was expected there",
        arguments: [
            ("", 10, "'{'"),
            ("[]", 10, "'{'"),
            (
                "{'descr': '<f4', 'fortran_order': False}", 50,
                "all of 'descr', 'fortran_order' and 'shape'"
            ),
            (
                "{'descr': '<f4', 'descr': '<f4'}", 27,
                "'descr', 'fortran_order' and 'shape', each once"
            ),
            ("{'what': 1}", 11, "'descr', 'fortran_order' and 'shape', each once"),
            ("{'descr' '<f4'}", 19, "':'"),
            ("{'descr': '<f4", 24, "the end of a text"),
            ("{'descr': '<f\\x34'}", 23, "a text without escapes"),
            ("{'descr': 4}", 20, "a text in quotes"),
            ("{'fortran_order': false}", 28, "True or False"),
            ("{'fortran_order': Tru", 28, "True or False"),
            ("{'shape': 3}", 20, "'('"),
            ("{'shape': (3)}", 22, "','"),
            ("{'shape': (-3,)}", 21, "a whole number"),
            ("{'shape': (3.5,)}", 22, "')'"),
            ("{'shape': (9223372036854775808,)}", 21, "a number below 2^63"),
            ("{'shape': (3, 4}", 25, "')'"),
            (
                "{'descr': '<f4', 'fortran_order': False, 'shape': (3,)} x", 66,
                "blanks after the dictionary"
            ),
        ]
    )
    func malformed(dictionary: String, offset: Int, expected: String) {
        #expect(throws: FormatError.malformedHeader(offset: offset, expected: expected)) {
            try header(dictionary)
        }
    }

    @Test("is refused with more axes than NumPy has")
    func axes() throws {
        let ones = String(repeating: "1,", count: 64)
        #expect(try shaped("(\(ones))").shape.count == 64)
        let offset = 10 + 51 + 128
        let error = FormatError.malformedHeader(offset: offset, expected: "at most 64 axes")
        #expect(throws: error) { try shaped("(\(ones)1)") }
    }

    @Test(
        "is refused with more elements than can be",
        arguments: [
            [4_294_967_296, 4_294_967_296], [4_611_686_018_427_387_904, 1],
            [2_305_843_009_213_693_951, 1],
        ]
    )
    func overflow(shape: [Int]) {
        #expect(throws: FormatError.tooLarge(shape: shape)) {
            try shaped("(\(shape[0]), \(shape[1]))")
        }
    }

    @Test("is refused above its limit, before anything is read")
    func longHeader() {
        let start: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 2, 0]
        let bytes = start + [0x01, 0x00, 0x01, 0x00]
        #expect(throws: FormatError.longHeader(count: 65_537, limit: 65_536)) {
            _ = try NPYHeader(bytes.span)
        }
        let most = start + [0xFF, 0xFF, 0xFF, 0xFF]
        #expect(throws: FormatError.longHeader(count: 4_294_967_295, limit: 65_536)) {
            _ = try NPYHeader(most.span)
        }
    }

    @Test("is refused in a version that does not exist", arguments: [(0, 0), (4, 0), (1, 1)])
    func version(major: UInt8, minor: UInt8) {
        let start: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]
        let bytes = start + [major, minor, 2, 0, 0x7B, 0x7D]
        #expect(throws: FormatError.unknownVersion(major: major, minor: minor)) {
            _ = try NPYHeader(bytes.span)
        }
    }
}
