/// The elements of a small XML document in the order in which they begin, each with the text before its first child.
///
/// What is needed for lists of annotations: names, text, comments, declarations, character data, the five named entities and
/// those of numbers. Names of attributes are passed over; a document type of its own is not read.
package struct XMLElements: Sendable {
    /// One element.
    package struct Element: Equatable, Sendable {
        /// Its name.
        package let name: String
        /// The text in it before its first child, as it stands there.
        package fileprivate(set) var text = ""
        fileprivate var hasChild = false
    }

    /// The elements, the root first.
    package private(set) var elements: [Element] = []

    private static let deepest = 256

    /// Reads a document.
    ///
    /// - Parameters:
    ///   - bytes: Its bytes, UTF-8.
    ///   - path: What it is called in messages.
    /// - Throws: ``FormatError/malformedFile(path:offset:reason:)``.
    package init(_ bytes: [UInt8], path: String) throws(FormatError) {
        var open: [Int] = []
        var isDone = false
        var position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        func malformed(_ reason: String) -> FormatError {
            .malformedFile(path: path, offset: position, reason: reason)
        }
        /// The place behind the next occurrence of a text.
        func end(of text: String, from start: Int) throws(FormatError) -> Int {
            let wanted = Array(text.utf8)
            var place = start
            while place + wanted.count <= bytes.count {
                if bytes[place] == wanted[0],
                    bytes[place..<(place + wanted.count)].elementsEqual(wanted)
                {
                    return place + wanted.count
                }
                place += 1
            }
            throw malformed("'\(text)' is missing")
        }
        func starts(_ text: String) -> Bool { bytes[position...].starts(with: text.utf8) }
        func add(_ text: String) {
            if let last = open.last, !elements[last].hasChild { elements[last].text += text }
        }
        while position < bytes.count {
            guard bytes[position] == UInt8(ascii: "<") else {
                let start = position
                let stop = bytes[start...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.count
                let isBlank = bytes[start..<stop].allSatisfy { [9, 10, 13, 32].contains($0) }
                guard !open.isEmpty || isBlank else { throw malformed("text outside the elements") }
                guard let text = Self.text(bytes[start..<stop]) else {
                    throw malformed("text that is no UTF-8, or an unknown entity")
                }
                add(text)
                position = stop
                continue
            }
            if starts("<!--") {
                position = try end(of: "-->", from: position + 4)
            } else if starts("<![CDATA[") {
                let start = position + 9
                let stop = try end(of: "]]>", from: start)
                guard !open.isEmpty,
                    let text = String(validating: bytes[start..<(stop - 3)], as: UTF8.self)
                else { throw malformed("character data that cannot be") }
                add(text)
                position = stop
            } else if starts("<?") {
                position = try end(of: "?>", from: position + 2)
            } else if starts("<!") {
                let stop = try end(of: ">", from: position + 2)
                guard !bytes[position..<stop].contains(UInt8(ascii: "[")) else {
                    throw malformed("a document type of its own")
                }
                position = stop
            } else {
                let stop = try end(of: ">", from: position + 1)
                let inside = bytes[(position + 1)..<(stop - 1)]
                let isEnd = inside.first == UInt8(ascii: "/")
                let isEmpty = inside.last == UInt8(ascii: "/")
                let nameBytes = inside.dropFirst(isEnd ? 1 : 0)
                    .prefix { ![9, 10, 13, 32, UInt8(ascii: "/")].contains($0) }
                guard !nameBytes.isEmpty,
                    let name = String(validating: nameBytes, as: UTF8.self)
                else { throw malformed("an element without a name") }
                if isEnd {
                    guard let last = open.popLast(), elements[last].name == name else {
                        throw malformed("</\(name)> ends what has not begun")
                    }
                    isDone = open.isEmpty
                } else {
                    guard !isDone else { throw malformed("a second root") }
                    guard open.count < Self.deepest else { throw malformed("nested too deeply") }
                    if let last = open.last { elements[last].hasChild = true }
                    elements.append(Element(name: name))
                    if isEmpty {
                        isDone = open.isEmpty
                    } else {
                        open.append(elements.count - 1)
                    }
                }
                position = stop
            }
        }
        guard open.isEmpty, isDone else { throw malformed("the document ends too early") }
    }

    /// The texts of all elements of a name, in order.
    package func texts(_ name: String) -> [String] {
        elements.filter { $0.name == name }.map(\.text)
    }

    /// Text with its entities replaced; nil for one that is not known, or bytes that are no UTF-8.
    private static func text(_ bytes: ArraySlice<UInt8>) -> String? {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
        let named = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'"]
        var result = ""
        for (index, part) in text.split(separator: "&", omittingEmptySubsequences: false)
            .enumerated()
        {
            guard index > 0 else {
                result += part
                continue
            }
            guard let stop = part.firstIndex(of: ";") else { return nil }
            let name = String(part[..<stop])
            if let known = named[name] {
                result += known
            } else if name.hasPrefix("#x"), let code = UInt32(name.dropFirst(2), radix: 16),
                let scalar = Unicode.Scalar(code)
            {
                result.unicodeScalars.append(scalar)
            } else if name.hasPrefix("#"), let code = UInt32(name.dropFirst()),
                let scalar = Unicode.Scalar(code)
            {
                result.unicodeScalars.append(scalar)
            } else {
                return nil
            }
            result += part[part.index(after: stop)...]
        }
        return result
    }
}
