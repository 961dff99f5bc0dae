internal import Checkpoint

extension LogitTable {
    /// Reads the published form: lines of a picture's file name and its logits, with commas between.
    ///
    /// A first line without a number is taken for a heading; a name may stand in quotation marks. Several files count as one.
    ///
    /// - Parameters:
    ///   - paths: The files, at least one.
    ///   - classes: Logits in a row; nil for as many as the first row has.
    /// - Throws: ``DataError``, `CheckpointError`.
    public convenience init(csv paths: [String], classes: Int?) throws {
        let files = try paths.map { try MappedFile(path: $0) }
        let widths = try files.map { file in
            var width: Int?
            try file.withBytes { bytes in
                Self.forEachLine(bytes) { _, line in
                    width = Self.fields(line).flatMap { $0.values.isEmpty ? nil : $0.values.count }
                    return width == nil
                }
            }
            return width
        }
        if let empty = widths.firstIndex(of: nil) {
            throw DataError.noRows(path: paths[empty])
        }
        try self.init(classes: classes ?? widths.compactMap(\.self).first ?? 0, hasNames: true)
        for file in files { try add(file) }
    }

    /// Reads one file.
    ///
    /// - Throws: ``DataError``, `CheckpointError`.
    public convenience init(csv path: String, classes: Int?) throws {
        try self.init(csv: [path], classes: classes)
    }

    private func add(_ file: MappedFile) throws {
        var failure: DataError?
        try file.withBytes { bytes in
            Self.forEachLine(bytes) { number, line in
                let place = "\(file.path): line \(number)"
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

    /// Calls `body` with the number and the bytes of every line that is not empty, until it says to stop.
    private static func forEachLine(_ bytes: RawSpan, _ body: (Int, ArraySlice<UInt8>) -> Bool) {
        unsafe bytes.withUnsafeBytes { bytes in
            let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
            var start = unsafe bytes.starts(with: mark) ? mark.count : 0
            var number = 0
            while start < bytes.count {
                let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[start...])
                let length = unsafe rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.count
                number += 1
                start += length + 1
                var line = unsafe Array(rest[..<length])[...]
                if line.last == UInt8(ascii: "\r") { line.removeLast() }
                if !line.isEmpty, !body(number, line) { return }
            }
        }
    }

    /// What stands in quotation marks at a line's beginning, two of them standing for one, and where it ends.
    private static func quoted(_ line: ArraySlice<UInt8>) -> (name: [UInt8], end: Int)? {
        let quote = UInt8(ascii: "\"")
        var name: [UInt8] = []
        var place = line.startIndex + 1
        while place < line.endIndex {
            if line[place] == quote {
                guard place + 1 < line.endIndex, line[place + 1] == quote else {
                    return (name, place + 1)
                }
                place += 1
            }
            name.append(line[place])
            place += 1
        }
        return nil
    }

    /// The name and the numbers of a line; nil where one is no number.
    private static func fields(_ line: ArraySlice<UInt8>) -> (name: ByteName, values: [Float])? {
        let (quote, comma, blank) = (UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: " "))
        let name: ArraySlice<UInt8>
        var rest: ArraySlice<UInt8>
        if line.first == quote, let (quoted, end) = quoted(line) {
            name = quoted[...]
            rest = line[end...]
        } else {
            name = line.prefix { $0 != comma }
            rest = line[name.endIndex...]
        }
        guard rest.isEmpty || rest.first == comma else { return nil }
        var values: [Float] = []
        while !rest.isEmpty {
            rest = rest.dropFirst()
            let field = rest.prefix { $0 != comma }
            rest = rest[field.endIndex...]
            let digits = field.drop { $0 == blank }.prefix { $0 != blank }
            guard let value = Float(String(decoding: digits, as: UTF8.self)) else { return nil }
            values.append(value)
        }
        return (ByteName(name), values)
    }
}
