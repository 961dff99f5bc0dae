internal import Checkpoint

extension LogitTable {
    /// Reads the published form: lines of a picture's file name and its logits, with commas between.
    ///
    /// A first line without a number is taken for a heading; a name may stand in quotation marks.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - classes: Logits in a row; nil for as many as the first row has.
    /// - Throws: ``DataError``, `CheckpointError`.
    public convenience init(csv path: String, classes: Int?) throws {
        let file = try MappedFile(path: path)
        var width: Int?
        try file.withBytes { bytes in
            Self.forEachLine(bytes) { _, line in
                width = Self.fields(line).flatMap { $0.values.isEmpty ? nil : $0.values.count }
                return width == nil
            }
        }
        guard let width else { throw DataError.noRows(path: path) }
        try self.init(classes: classes ?? width, hasNames: true)
        var failure: DataError?
        try file.withBytes { bytes in
            Self.forEachLine(bytes) { number, line in
                let place = "\(path): line \(number)"
                do throws(DataError) {
                    if let (name, values) = Self.fields(line) {
                        try add(name, values, at: place)
                    } else if number > 1 {
                        addFault("\(place): misshapen: a value is no number")
                    }
                } catch {
                    failure = error
                }
                return failure == nil
            }
        }
        if let failure { throw failure }
    }

    /// Calls `body` with the number and the text of every line that is not empty, until it says to stop.
    private static func forEachLine(_ bytes: RawSpan, _ body: (Int, Substring.UTF8View) -> Bool) {
        unsafe bytes.withUnsafeBytes { bytes in
            var start = 0
            var number = 0
            while start < bytes.count {
                let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[start...])
                let length = unsafe rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.count
                number += 1
                start += length + 1
                var line = unsafe String(decoding: rest[..<length], as: UTF8.self)[...]
                if line.last == "\r" { line.removeLast() }
                if !line.isEmpty, !body(number, line.utf8) { return }
            }
        }
    }

    /// The name and the numbers of a line; nil where one is no number.
    private static func fields(_ line: Substring.UTF8View) -> (name: String, values: [Float])? {
        let quote = UInt8(ascii: "\"")
        var name: Substring.UTF8View
        var rest: Substring.UTF8View
        if line.first == quote, let end = line.dropFirst().firstIndex(of: quote) {
            name = line[line.index(after: line.startIndex)..<end]
            rest = line[end...].dropFirst()
        } else {
            name = line.prefix { $0 != UInt8(ascii: ",") }
            rest = line[name.endIndex...]
        }
        guard rest.isEmpty || rest.first == UInt8(ascii: ",") else { return nil }
        var values: [Float] = []
        while !rest.isEmpty {
            rest = rest.dropFirst()
            let field = rest.prefix { $0 != UInt8(ascii: ",") }
            rest = rest[field.endIndex...]
            let digits = field.drop { $0 == UInt8(ascii: " ") }.prefix { $0 != UInt8(ascii: " ") }
            guard let value = Float(Substring(digits)) else { return nil }
            values.append(value)
        }
        name = name[...]
        return (String(Substring(name)), values)
    }
}
