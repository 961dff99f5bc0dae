internal import Checkpoint
internal import Formats
internal import Foundation

/// The synsets of ImageNet's validation pictures, where these lie in one folder.
///
///     <synset>                                a line for each picture, in the order of their numbers
///     <number of a class>                     the same as ILSVRC2012_validation_ground_truth.txt has it; which synset a
///                                             number is stands in the development kit's meta.mat, beside the file
///     <picture>,<synset> <left> <top> …       LOC_val_solution.csv, below a title
struct ValidationLabels {
    private let path: String
    private let byNumber: [(synset: String, line: Int)]
    private let byName: [ByteName: (synset: String, line: Int)]

    /// How many pictures have a label.
    var count: Int { byName.isEmpty ? byNumber.count : byName.count }

    /// Reads a file of one of the three forms.
    ///
    /// - Throws: ``DataError``.
    init(path: String) throws {
        self.path = path
        let lines = try TextLines(path: path).lines.map {
            (number: $0.number, text: $0.text.trimmingCharacters(in: .whitespaces))
        }
        if lines.first?.text.hasPrefix("ImageId,") == true {
            byNumber = []
            byName = try Self.solution(lines.dropFirst(), path)
            return
        }
        if let empty = lines.first(where: { $0.text.isEmpty }) {
            throw DataError.malformedLine(
                path: path,
                line: empty.number,
                expected: "a synset, found nothing"
            )
        }
        byName = [:]
        let numbers = lines.compactMap { Int($0.text) }
        guard !lines.isEmpty, numbers.count == lines.count else {
            byNumber = lines.map { ($0.text, $0.number) }
            return
        }
        let synsets = try Self.synsets(beside: path)
        var found: [(synset: String, line: Int)] = []
        for (line, number) in zip(lines, numbers) {
            guard let synset = synsets[number] else {
                throw DataError.malformedLine(
                    path: path,
                    line: line.number,
                    expected: "the number of a class in meta.mat, found \(number)"
                )
            }
            found.append((synset, line.number))
        }
        byNumber = found
    }

    /// The synset of a picture `ILSVRC2012_val_<8 digits>.JPEG`, and the line that says so; nil for other files.
    ///
    /// - Throws: ``DataError/malformedLine(path:line:expected:)`` if there is none.
    func synset(of name: String) throws(DataError) -> (synset: String, line: Int)? {
        let prefix = "ILSVRC2012_val_"
        guard name.hasPrefix(prefix), name.hasSuffix(".JPEG"),
            let number = Int(name.dropFirst(prefix.count).dropLast(5))
        else { return nil }
        let found =
            byName.isEmpty
            ? byNumber.indices.contains(number - 1) ? byNumber[number - 1] : nil
            : byName[ByteName(name.dropLast(5))]
        guard let found else {
            throw DataError.malformedLine(path: path, line: count, expected: "a synset for \(name)")
        }
        return found
    }

    private static func solution(
        _ lines: ArraySlice<(number: Int, text: String)>,
        _ path: String
    ) throws(DataError) -> [ByteName: (synset: String, line: Int)] {
        var found: [ByteName: (synset: String, line: Int)] = [:]
        for (number, text) in lines {
            let parts = text.split(separator: ",", maxSplits: 1)
            guard parts.count == 2, let synset = parts[1].split(separator: " ").first else {
                throw DataError.malformedLine(
                    path: path,
                    line: number,
                    expected: "a picture, a comma, a synset and a box"
                )
            }
            found[ByteName(parts[0])] = (String(synset), number)
        }
        return found
    }

    /// The synsets by the numbers of their classes.
    private static func synsets(beside path: String) throws -> [Int: String] {
        let folder = URL(filePath: path).deletingLastPathComponent()
        let file = folder.appending(path: "meta.mat").path(percentEncoded: false)
        guard FileManager.default.fileExists(atPath: file) else {
            throw DataError.notLikeLayout(
                path: file,
                layout: "imagenet",
                expected:
                    "the development kit's meta.mat beside a file of numbers, or synsets in it"
            )
        }
        guard case .structures(_, let fields)? = try MATFile(path: file).variables["synsets"],
            let numbers = fields["ILSVRC2012_ID"]?.map(\.integer),
            let names = fields["WNID"]?.map(\.text), numbers.count == names.count
        else {
            throw DataError.missingInMAT(
                path: file,
                expected: "a structure 'synsets' with fields 'ILSVRC2012_ID' and 'WNID'"
            )
        }
        var synsets: [Int: String] = [:]
        for case (let number?, let name?) in zip(numbers, names) { synsets[number] = name }
        return synsets
    }
}
