public import Networks
internal import Reference

/// The options of how a graph is taken.
public enum GraphOptions {
    /// Which graph of a file.
    public static let tags = Option(
        "tags",
        .text("TAGS"),
        help: "The graph of these tags, commas between, '' for none; else the one that serves."
    )
    /// Which function of a graph.
    public static let signature = Option(
        "signature",
        .text("NAME"),
        help: "The graph's function of this name; else the one that serves."
    )
    /// Where the pictures go in.
    public static let inputTensor = Option(
        "input-tensor",
        .text("NAME"),
        help: "The graph's tensor that takes the pictures; else it is found."
    )
    /// Where the logits come out.
    public static let outputTensor = Option(
        "output-tensor",
        .text("NAME"),
        help: "The graph's tensor that gives the logits; else it is found."
    )
    /// Values of placeholders.
    public static let feed = Option(
        "feed",
        each: .text("NAME=VALUE"),
        help: "Tensors of the graph and their values: FILE.npy, a number, true or false."
    )

    /// Those of networks.
    public static let all: [any DeclaredOption] = [
        tags, signature, inputTensor, outputTensor, feed,
    ]

    /// Whether the command line says anything of a graph.
    public static func isAsked(_ options: ParsedOptions) -> Bool {
        options[tags] != nil || options[signature] != nil || options[inputTensor] != nil
            || options[outputTensor] != nil || !options[feed].isEmpty
    }

    /// What the command line says of a graph.
    ///
    /// - Throws: ``UsageError``.
    public static func request(_ options: ParsedOptions) throws -> ImportOptions {
        var request = ImportOptions()
        request.tags = options[tags].map {
            $0.split(separator: ",").map { String($0) }
        }
        request.signature = options[signature]
        request.inputTensor = options[inputTensor]
        request.outputTensor = options[outputTensor]
        request.feeds = try options[feed].map { text in
            let (name, value) = try parts(text, of: feed, options)
            return ImportOptions.Feed(
                name,
                value.lowercased().hasSuffix(".npy") ? .array(path: value) : .text(value)
            )
        }
        return request
    }

    /// The two sides of `NAME=VALUE`.
    ///
    /// - Throws: ``UsageError``.
    public static func parts(
        _ text: String,
        of option: any DeclaredOption,
        _ options: ParsedOptions
    ) throws -> (name: String, value: String) {
        guard let sign = text.firstIndex(of: "="), sign > text.startIndex,
            text.index(after: sign) < text.endIndex
        else {
            throw UsageError([
                .wrongValue(
                    option: options.spelling(of: option),
                    value: text,
                    expected: "NAME=VALUE"
                )
            ])
        }
        return (String(text[..<sign]), String(text[text.index(after: sign)...]))
    }
}

extension ToolError {
    /// Runs `body`, and turns what is wrong with a graph into an error about `file`: a damaged one is an unreadable file,
    /// else graph and request do not fit.
    public static func about<Result>(graphIn file: String, _ body: () throws -> Result) throws
        -> Result
    {
        do {
            return try body()
        } catch let error as ToolError {
            throw error
        } catch let error as UsageError {
            throw error
        } catch NetworkError.imported(let problem) {
            throw ToolError(problem.isDamage ? .file : .mismatch, file: file, problem)
        } catch let error as NetworkError {
            throw ToolError(.mismatch, file: file, error)
        } catch let error as ReferenceError {
            throw ToolError(.mismatch, file: file, error)
        } catch {
            throw ToolError(.file, error)
        }
    }
}
