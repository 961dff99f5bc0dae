internal import Checkpoint
internal import Foundation

/// The synsets of ImageNet's validation pictures, where these lie in one folder.
///
///     <synset>                                a line for each picture, in the order of their numbers
///     <number of a synset>                    the same as ILSVRC2012_validation_ground_truth.txt has it; which synset a
///                                             number is stands in the development kit's meta.mat, beside the file
///     <picture> <place of a synset, from 0>   Caffe's val.txt; the synsets in the order of their names
///     <picture>,<synset> <left> <top> …       LOC_val_solution.csv, below a title
///
/// The kit's archive, as downloaded, stands for the ground truth in it.
struct ValidationLabels {
    /// The file.
    let path: String
    private let byNumber: [(synset: String, line: Int)]
    private let byName: [ByteName: (synset: String, line: Int)]

    /// How many pictures have a label.
    var count: Int { byName.isEmpty ? byNumber.count : byName.count }

    /// The names of files with labels, where they lie beside a data set and no development kit does.
    static let usualNames = [
        "LOC_val_solution.csv", "imagenet_2012_validation_synset_labels.txt", "val.txt",
        "caffe_ilsvrc12/val.txt",
    ]

    /// Reads a file of one of the forms.
    ///
    /// `synsets` are those of all classes.
    ///
    /// - Throws: ``DataError``, `FormatError`.
    init(path: String, synsets: [String]) throws {
        self.path = path
        if DevelopmentKit.isArchive(path) {
            let kit = try DevelopmentKit(path: path)
            guard let truth = kit.groundTruth else {
                throw DataError.missingInMAT(
                    path: path,
                    expected: "ILSVRC2012_validation_ground_truth.txt in the archive"
                )
            }
            byName = [:]
            byNumber = try Self.numbered(truth.lines, kit.synsets, path)
            return
        }
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
        let words = lines.map { $0.text.split(whereSeparator: \.isWhitespace) }
        if !lines.isEmpty, words.allSatisfy({ $0.count == 2 && Int($0[1]) != nil }) {
            byNumber = []
            byName = try Self.places(lines, synsets.sortedByBytes(), path)
            return
        }
        byName = [:]
        let numbers = lines.compactMap { Int($0.text) }
        guard !lines.isEmpty, numbers.count == lines.count else {
            byNumber = lines.map { ($0.text, $0.number) }
            return
        }
        byNumber = try Self.numbered(lines, try Self.kit(beside: path).synsets, path)
    }

    /// The synset of a picture, and the line that says so; nil for a file that no line is meant for.
    ///
    /// A list by numbers is meant for `ILSVRC2012_val_<8 digits>.JPEG`.
    ///
    /// - Throws: ``DataError/malformedLine(path:line:expected:)`` if the list should have it and does not.
    func synset(of name: String) throws(DataError) -> (synset: String, line: Int)? {
        let prefix = "ILSVRC2012_val_"
        let isNumbered = name.hasPrefix(prefix) && name.hasSuffix(".JPEG")
        let number = isNumbered ? Int(name.dropFirst(prefix.count).dropLast(5)) : nil
        let stem = name.lastIndex(of: ".").map { name[..<$0] } ?? name[...]
        let found =
            byName.isEmpty
            ? number.flatMap { byNumber.indices.contains($0 - 1) ? byNumber[$0 - 1] : nil }
            : byName[ByteName(stem)]
        guard found == nil, number != nil else { return found }
        throw DataError.malformedLine(path: path, line: count, expected: "a synset for \(name)")
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

    /// The synsets by the names of the pictures, from their places in the order of the synsets' names.
    private static func places(
        _ lines: [(number: Int, text: String)],
        _ synsets: [String],
        _ path: String
    ) throws(DataError) -> [ByteName: (synset: String, line: Int)] {
        var found: [ByteName: (synset: String, line: Int)] = [:]
        for (number, text) in lines {
            let words = text.split(whereSeparator: \.isWhitespace)
            guard let place = Int(words[1]), synsets.indices.contains(place) else {
                throw .malformedLine(
                    path: path,
                    line: number,
                    expected: "the place of one of the \(synsets.count) synsets, from 0 to "
                        + "\(synsets.count - 1), found \(words[1])"
                )
            }
            let name = ByteName(words[0]).lastComponent.bytes
            let stem = name.lastIndex(of: UInt8(ascii: ".")).map { name[..<$0] } ?? name[...]
            found[ByteName(stem)] = (synsets[place], number)
        }
        return found
    }

    private static func numbered(
        _ lines: [(number: Int, text: String)],
        _ synsets: [Int: String],
        _ path: String
    ) throws(DataError) -> [(synset: String, line: Int)] {
        var found: [(synset: String, line: Int)] = []
        for (line, text) in lines {
            let text = text.trimmingCharacters(in: .whitespaces)
            guard let number = Int(text), let synset = synsets[number] else {
                throw .malformedLine(
                    path: path,
                    line: line,
                    expected: "the number of a class in meta.mat, found \(text)"
                )
            }
            found.append((synset, line))
        }
        return found
    }

    private static func kit(beside path: String) throws -> DevelopmentKit {
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
        return try DevelopmentKit(path: file)
    }
}
