internal import Checkpoint
internal import Foundation

/// ImageNet's synsets in the order of their classes, and what they are in words.
///
///     <synset>                  a line each, in the order of the classes
///     <synset> <words>          the same as LOC_synset_mapping.txt has it
///     meta.mat, or the development kit's archive
struct ImageNetClasses {
    /// The synsets, in order.
    let synsets: [String]
    /// What they are in words, as far as the file tells.
    let words: [String: String]

    /// Reads a file of one of the forms.
    ///
    /// - Throws: ``DataError``, `FormatError`.
    init(path: String) throws {
        if path.hasSuffix(".mat") || DevelopmentKit.isArchive(path) {
            let kit = try DevelopmentKit(path: path)
            (synsets, words) = (kit.classes, kit.words)
            return
        }
        let lines = try ClassNames(path: path).names.map { $0.trimmingCharacters(in: .whitespaces) }
        let parts = lines.map { $0.split(maxSplits: 1, whereSeparator: \.isWhitespace) }
        guard parts.allSatisfy({ $0.count == 2 && ClassNames.isSynset(ByteName($0[0])) }) else {
            (synsets, words) = (lines, [:])
            return
        }
        synsets = parts.map { String($0[0]) }
        words = Dictionary(
            parts.map { (String($0[0]), $0[1].trimmingCharacters(in: .whitespaces)) }
        ) { first, _ in first }
    }
}
