/// The options of a benchmark process: `--name value`, or `--name` alone for a switch.
struct WorkerOptions {
    /// Something on the command line that is not understood.
    struct Mistake: Error, CustomStringConvertible {
        let text: String
        var description: String { text }
    }

    private static let switches: Set = ["tune", "checkpoint-activations", "files"]
    private static let named: Set = [
        "network", "image-size", "batch", "threads", "math", "records", "preprocessing", "runs",
        "limit", "corruption", "severity", "pixels", "scratch", "graph", "pictures",
        "library", "megabytes", "type",
    ]
    private var values: [String: String] = [:]

    init(_ arguments: some Sequence<String>) throws(Mistake) {
        var rest = arguments.makeIterator()
        while let argument = rest.next() {
            let name = String(argument.dropFirst(2))
            if argument == "--\(name)", Self.switches.contains(name) {
                values[name] = ""
            } else if argument == "--\(name)", Self.named.contains(name), let value = rest.next() {
                values[name] = value
            } else {
                throw Mistake(text: "'\(argument)' is not known or lacks its value")
            }
        }
    }

    func has(_ name: String) -> Bool { values[name] != nil }

    func text(_ name: String, default value: String? = nil) throws(Mistake) -> String {
        guard let text = values[name] ?? value else { throw Mistake(text: "--\(name) is missing") }
        return text
    }

    func count(_ name: String, default value: Int) throws(Mistake) -> Int {
        guard let text = values[name] else { return value }
        guard let count = Int(text), count > 0 else {
            throw Mistake(text: "--\(name) is '\(text)', not a positive number")
        }
        return count
    }

    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String,
        default value: Choice? = nil
    ) throws(Mistake) -> Choice {
        let text = try text(name, default: value?.rawValue)
        guard let choice = Choice(rawValue: text) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw Mistake(text: "--\(name) is '\(text)', not one of \(known)")
        }
        return choice
    }
}
