/// A value of a MATLAB file.
///
/// Arrays are in column order, as MATLAB keeps them.
package indirect enum MATValue: Equatable, Sendable {
    /// Numbers of any type, truths included.
    case numbers(shape: [Int], [Double])
    /// Characters; the rows of a table of them one after the other in column order.
    case text(String)
    /// Values of any kind.
    case cells(shape: [Int], [MATValue])
    /// Structures: the values of every field, one for each element.
    case structures(shape: [Int], [String: [MATValue]])

    /// The number of a 1x1 array.
    package var number: Double? {
        if case .numbers(_, let values) = self, values.count == 1 { return values[0] }
        return nil
    }

    /// The numbers of an array.
    package var numbers: [Double]? {
        if case .numbers(_, let values) = self { return values }
        return nil
    }

    /// The text, also where it is the only cell of an array of cells.
    package var text: String? {
        switch self {
        case .text(let text): text
        case .cells(_, let values) where values.count == 1: values[0].text
        default: nil
        }
    }

    /// A whole number, of a 1x1 array that holds one.
    package var integer: Int? {
        number.flatMap { Int(exactly: $0) }
    }
}
