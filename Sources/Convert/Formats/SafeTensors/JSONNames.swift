internal import Foundation

/// The names of an object's members, which a decoder of JSON gives once each even where they are repeated.
enum JSONNames {
    /// A name that a member of the outermost object has, and another one too.
    ///
    /// - Precondition: the bytes are well-formed JSON.
    static func repeated(_ bytes: [UInt8]) -> String? {
        var names: Set<String> = []
        var depth = 0
        var isName = false
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                isName = depth == 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: ","): isName = depth == 1
            case UInt8(ascii: "\""):
                let start = index
                index += 1
                while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
                    index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
                }
                if isName, index < bytes.count {
                    let name = text(bytes[start...index])
                    guard names.insert(name).inserted else { return name }
                }
                isName = false
            default: break
            }
            index += 1
        }
        return nil
    }

    /// A string between its marks.
    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        guard bytes.contains(UInt8(ascii: "\\")),
            let list = try? JSONDecoder().decode(
                [String].self,
                from: Data([UInt8(ascii: "[")] + bytes + [UInt8(ascii: "]")])
            )
        else { return String(decoding: bytes.dropFirst().dropLast(), as: UTF8.self) }
        return list.first ?? ""
    }
}
