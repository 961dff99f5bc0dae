public import Base

/// A part of the pictures that robustness is measured on: those that are clean, or those of one corruption and severity.
public enum MeasuredPart: Hashable, Sendable {
    /// The pictures themselves.
    case clean
    /// Corrupted ones.
    case corrupted(Corruption, severity: Int)

    /// The number by which ``LabelledPicture/part`` names it.
    public var number: Int {
        switch self {
        case .clean: 0
        case .corrupted(let corruption, let severity):
            1 + (Corruption.allCases.firstIndex(of: corruption) ?? 0) * Corruption.severities.count
                + severity - Corruption.severities.lowerBound
        }
    }

    /// The part of a number; nil where there is none.
    public init?(number: Int) {
        guard number != 0 else {
            self = .clean
            return
        }
        let (index, severity) = (number - 1).quotientAndRemainder(
            dividingBy: Corruption.severities.count
        )
        guard number > 0, Corruption.allCases.indices.contains(index) else { return nil }
        self = .corrupted(
            Corruption.allCases[index],
            severity: severity + Corruption.severities.lowerBound
        )
    }
}
