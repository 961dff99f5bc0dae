/// The levels of MATLAB files that are not read.
///
///     level 7.3  HDF5, mostly behind a header of 512 bytes
///     level 4    a type below 5000: thousands (order of bytes), tens (kind of number), units (kind of array);
///                rows, columns, whether there are imaginary parts, length of the name; the name, which ends in zero
enum MATLevel {
    case four
    case seven

    /// The level of a file by its first bytes; nil if it is another, or no MATLAB file.
    init?(_ start: [UInt8]) {
        let magic: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
        if start.dropFirst(512).starts(with: magic)
            || start.starts(with: Array("MATLAB 7.3 MAT-file".utf8))
        {
            self = .seven
        } else if Self.isFour(start) {
            self = .four
        } else {
            return nil
        }
    }

    private static func isFour(_ start: [UInt8]) -> Bool {
        guard start.count > 20 else { return false }
        return [false, true].contains { isBigEndian in
            let words = (0..<5).map {
                Int(MATBytes.word(start[(4 * $0)..<(4 * $0 + 4)], isBigEndian))
            }
            let name = start[20...].prefix(words[4])
            return words[0] / 1000 == (isBigEndian ? 1 : 0) && words[0] % 1000 / 100 == 0
                && words[0] % 100 / 10 <= 5 && words[0] % 10 <= 2 && words[1] > 0 && words[2] > 0
                && words[3] <= 1 && (2...64).contains(words[4]) && name.count == words[4]
                && name.last == 0
                && name.dropLast().allSatisfy { (0x30...0x7A).contains($0) }
        }
    }
}
