internal import Proto

/// A reader of protobuf's text format, as far as state files use it: fields of strings and numbers, and lists of them.
struct TextFormat {
    private var scanner: TextScanner
    private let path: String

    init(_ text: [UInt8], path: String) {
        scanner = TextScanner(text)
        self.path = path
    }

    /// An error at the place where the reader is.
    func problem(_ reason: String) -> CheckpointError { located(scanner.problem(reason)) }

    /// The line and column of a problem.
    private func located(_ problem: TextScanner.Problem) -> CheckpointError {
        let before = scanner.text[..<problem.offset]
        let line = before.reduce(1) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
        let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        return .malformedState(
            path: path,
            line: line,
            column: before.count - start + 1,
            reason: problem.reason
        )
    }

    /// The next field's name, past its colon; nil at the end.
    mutating func fieldName() throws(CheckpointError) -> String? {
        while scanner.take(";") || scanner.take(",") {}
        scanner.skipSpace()
        guard scanner.next != nil else { return nil }
        let name = scanner.name()
        guard !name.isEmpty else { throw problem("expected the name of a field") }
        guard scanner.take(":") else { throw problem("expected ':' behind '\(name)'") }
        return name
    }

    /// Reads a value, or a list of them in brackets.
    mutating func forEachElement(
        _ read: (inout TextFormat) throws(CheckpointError) -> Void
    ) throws(CheckpointError) {
        guard scanner.take("[") else { return try read(&self) }
        if scanner.take("]") { return }
        repeat { try read(&self) } while scanner.take(",")
        guard scanner.take("]") else { throw problem("expected ']'") }
    }

    /// A number; `inf` and `nan` too.
    mutating func number() throws(CheckpointError) -> Double {
        do throws(TextScanner.Problem) { return try scanner.number() } catch {
            throw located(error)
        }
    }

    /// One or more strings side by side, joined.
    mutating func string() throws(CheckpointError) -> String {
        let bytes: [UInt8]
        do throws(TextScanner.Problem) { bytes = try scanner.string() } catch {
            throw located(error)
        }
        guard !bytes.contains(0) else { throw problem("a path holds a zero byte") }
        guard let string = String(validating: bytes, as: UTF8.self) else {
            throw problem("a path is not UTF-8")
        }
        return string
    }
}
