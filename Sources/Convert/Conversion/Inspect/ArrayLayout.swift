/// Elements in nested brackets, laid out as NumPy prints an array.
///
/// Lines are at most 75 characters where that is possible; an array of more than `threshold` elements shows the first and last
/// three of each axis.
public struct ArrayLayout: Sendable {
    private let shape: [Int]
    private let isShortened: Bool
    private let texts: [Int: String]

    private static let edge = 3
    private static let width = 75

    /// Lays elements out.
    ///
    /// - Parameters:
    ///   - shape: The extents; the elements are in row-major order.
    ///   - threshold: The most elements that are shown all; `Int.max` shows any number.
    ///   - write: The texts of the elements at some places.
    public init(shape: [Int], threshold: Int = 1000, _ write: ([Int]) -> [String]) {
        self.shape = shape
        let count = shape.contains(0) ? 0 : shape.reduce(1, *)
        isShortened = count > threshold
        var shown: [Int] = []
        Self.visit(shape, isShortened, 0, 0, &shown)
        texts = Dictionary(zip(shown, write(shown))) { first, _ in first }
    }

    private static func visit(
        _ shape: [Int],
        _ isShortened: Bool,
        _ axis: Int,
        _ base: Int,
        _ shown: inout [Int]
    ) {
        guard !shape.contains(0) else { return }
        guard axis < shape.count else { return shown.append(base) }
        for index in indices(shape[axis], isShortened).joined() {
            visit(shape, isShortened, axis + 1, base * shape[axis] + index, &shown)
        }
    }

    /// The indices of an axis that are shown: all, or some from each end.
    private static func indices(_ extent: Int, _ isShortened: Bool) -> [Range<Int>] {
        isShortened && extent > 2 * edge ? [0..<edge, (extent - edge)..<extent] : [0..<extent]
    }

    /// The text, without a line break at the end.
    public var text: String {
        guard !shape.contains(0) else { return "[]" }
        return block(0, 0, indent: " ", width: Self.width)
    }

    private func block(_ axis: Int, _ base: Int, indent: String, width: Int) -> String {
        guard axis < shape.count else { return texts[base] ?? "" }
        let parts = Self.indices(shape[axis], isShortened)
        let isInnermost = axis == shape.count - 1
        var items: [String] = []
        for (number, part) in parts.enumerated() {
            if number > 0 { items.append("...") }
            items += part.map { index in
                block(
                    axis + 1,
                    base * shape[axis] + index,
                    indent: indent + " ",
                    width: width - 1
                )
            }
        }
        if isInnermost { return "[\(Self.lines(items, indent: indent, width: width - 1))]" }
        let gap = String(repeating: "\n", count: shape.count - axis - 1)
        return "[\(items.joined(separator: gap + indent))]"
    }

    /// Words in lines of a width, all but the first indented.
    private static func lines(_ words: [String], indent: String, width: Int) -> String {
        var lines: [String] = []
        var line = ""
        // The first line is as long as if it were indented as well.
        var length = indent.count
        for (index, word) in words.enumerated() {
            if length + word.count > width, length > indent.count {
                while line.last == " " { line.removeLast() }
                lines.append(line)
                (line, length) = ("", indent.count)
            }
            let gap = index + 1 < words.count ? " " : ""
            line += word + gap
            length += word.count + gap.count
        }
        return (lines + [line]).joined(separator: "\n" + indent)
    }
}
