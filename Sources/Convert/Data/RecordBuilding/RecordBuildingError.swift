/// What can be wrong with a data set that is to become records, or with records that are to become pictures.
public enum RecordBuildingError: Error, Equatable, Sendable {
    /// A file or folder that the layout needs cannot be read.
    case unreadable(path: String)
    /// A line of a text file is not what it should be.
    case malformedLine(path: String, line: Int, expected: String)
    /// A `.mat` file breaks the rules of its format, or lacks something.
    case malformedMAT(path: String, offset: Int, reason: String)
    /// A `.mat` file does not hold what the layout needs.
    case missingInMAT(path: String, expected: String)
    /// There are no pictures.
    case noPictures(path: String)
    /// Files are there already, and are not to be replaced.
    case exists([String])
    /// Pictures that cannot be decoded: each with the reason.
    case corrupt([String])
    /// Pictures without a box to be cut to.
    case noBoxes([String])
    /// Logits that are missing, doubled or misshapen.
    case logits([String])
    /// Something cannot be written.
    case unwritable(path: String, reason: String)
}

extension RecordBuildingError: CustomStringConvertible {
    /// A sentence that a user can act on, or a line for each thing that is wrong.
    public var description: String {
        switch self {
        case .unreadable(let path): "\(path): cannot be read"
        case .malformedLine(let path, let line, let expected):
            "\(path): line \(line): expected \(expected)"
        case .malformedMAT(let path, let offset, let reason):
            "\(path): damaged at byte \(offset): \(reason)"
        case .missingInMAT(let path, let expected): "\(path): expected \(expected)"
        case .noPictures(let path): "\(path): there are no pictures"
        case .exists(let paths):
            (["these files exist; --force replaces them:"] + Self.shortened(paths))
                .joined(separator: "\n")
        case .corrupt(let pictures):
            ([
                "\(pictures.count) pictures cannot be decoded; --skip-corrupt \(pictures.count) "
                    + "leaves them out:"
            ] + Self.shortened(pictures)).joined(separator: "\n")
        case .noBoxes(let paths):
            (["these pictures have no box to be cut to:"] + Self.shortened(paths))
                .joined(separator: "\n")
        case .logits(let faults):
            (["the logits do not fit the pictures:"] + Self.shortened(faults))
                .joined(separator: "\n")
        case .unwritable(let path, let reason): "\(path): cannot be written: \(reason)"
        }
    }

    private static func shortened(_ lines: [String]) -> [String] {
        lines.prefix(100).map { "  \($0)" }
            + (lines.count > 100 ? ["  … and \(lines.count - 100) others"] : [])
    }
}
