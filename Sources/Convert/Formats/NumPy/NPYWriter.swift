/// A `.npy` file that is written a few rows at a time.
///
/// The header is written first, with room for any number of rows, and told the number at the end.
/// Elements are little-endian and begin at a multiple of 64 bytes.
public struct NPYWriter: ~Copyable {
    /// The type of the elements.
    public let type: NumPyType

    /// The axes after the first.
    public let rowShape: [Int]

    /// The elements written so far.
    public private(set) var elementCount = 0

    private let expectedRows: Int?
    private var file: OutputFile

    /// Begins a file of rows of one shape; for pictures `[height, width, 3]`, for numbers `[]`.
    ///
    /// `rowCount` is the number of rows where it is known; a file that cannot be changed afterwards, such
    /// as a pipe, needs it.
    ///
    /// - Throws: ``FormatError`` if a file is there and is not to be replaced, or none
    ///   can be made.
    public init(
        path: String,
        type: NumPyType,
        rowShape: [Int],
        rowCount: Int? = nil,
        replacing isReplacing: Bool = false
    ) throws(FormatError) {
        precondition(rowShape.allSatisfy { $0 > 0 }, "\(rowShape) has an empty axis")
        self.type = type
        self.rowShape = rowShape
        expectedRows = rowCount
        let header = NPYHeader.bytes(type: type, shape: [rowCount ?? 0] + rowShape)
        file = try Self.begin(path, header, isReplacing)
    }

    private static func begin(
        _ path: String,
        _ header: [UInt8],
        _ isReplacing: Bool
    ) throws(FormatError) -> OutputFile {
        var file = try OutputFile(path, replacing: isReplacing)
        unsafe try file.write(header.span.bytes)
        return file
    }

    /// Adds elements, which need not be whole rows.
    ///
    /// - Precondition: the elements are of the file's type.
    /// - Throws: ``FormatError`` if they cannot be written.
    public mutating func append<Element: NumPyElement>(
        _ elements: Span<Element>
    ) throws(FormatError) {
        precondition(Element.numPyType == type, "\(Element.numPyType) in a file of \(type)")
        try write(elements)
        elementCount += elements.count
    }

    private mutating func write<Element: NumPyElement>(
        _ elements: Span<Element>
    ) throws(FormatError) {
        #if _endian(little)
            unsafe try file.write(elements.bytes)
        #else
            var swapped: [Element] = []
            for index in elements.indices { swapped.append(elements[index].withBytesSwapped) }
            unsafe try file.write(swapped.span.bytes)
        #endif
    }

    /// Tells the header how many rows there are, and gives the file its name.
    ///
    /// A writer that goes without it leaves no file.
    ///
    /// - Precondition: the elements are whole rows.
    /// - Throws: ``FormatError`` if the file cannot be finished.
    public consuming func finish() throws(FormatError) {
        let rowSize = rowShape.reduce(1, *)
        precondition(elementCount.isMultiple(of: rowSize), "the last row is not whole")
        let rows = elementCount / rowSize
        if rows != expectedRows ?? 0 {
            let header = NPYHeader.bytes(type: type, shape: [rows] + rowShape)
            unsafe try file.overwrite(at: 0, header.span.bytes)
        }
        try file.commit()
    }
}
