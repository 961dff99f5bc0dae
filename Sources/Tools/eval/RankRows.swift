import Data
import Engine
import Foundation
import ToolSupport

/// What is to be written of the pictures of a batch.
struct BatchRows {
    /// Each picture's place in the data.
    var places: [Int] = []
    /// Each picture's answer, if it is wanted.
    var predictions: [Prediction] = []
    /// A row for each picture, if it is wanted.
    var logits: [Float] = []
    var embeddings: [Float] = []
    var pixels: [Float] = []

    /// The row of one picture.
    func row(_ index: Int) -> BatchRows {
        func part(_ values: [Float]) -> [Float] {
            let width = values.count / places.count
            return Array(values[index * width..<(index + 1) * width])
        }
        return BatchRows(
            places: [places[index]],
            predictions: predictions.isEmpty ? [] : [predictions[index]],
            logits: part(logits),
            embeddings: part(embeddings),
            pixels: part(pixels)
        )
    }
}

/// Rows of all ranks on their way to the first one, which has them written in the order of the pictures.
///
/// Ranks take turns by batches: each sends one in every round, until none has any more.
struct RankRows {
    private let ranks: any Communicator
    /// At the first rank, what each rank has sent and what is not written yet.
    private var waiting: [[BatchRows]]
    private var isActive: [Bool]

    /// What a rank says in a round.
    private enum Word: UInt8 {
        case done, goesOn, stops
    }

    init(_ ranks: any Communicator) {
        self.ranks = ranks
        waiting = Array(repeating: [], count: ranks.count)
        isActive = Array(repeating: true, count: ranks.count)
    }

    /// Whether any rank has more.
    var isOpen: Bool { isActive.contains(true) }

    /// Takes part in a round.
    ///
    /// - Parameters:
    ///   - rows: The rows of this rank's batch; nil where it has no more.
    ///   - isStopped: Whether it is to be the last round.
    /// - Returns: the rows that can be written, at the first rank; and whether any rank wants this to be the last round.
    /// - Throws: where rows cannot be told, or understood.
    mutating func exchange(
        _ rows: BatchRows?,
        isStopped: Bool
    ) throws -> (rows: [BatchRows], isStopped: Bool) {
        let word: Word = rows == nil ? .done : isStopped ? .stops : .goesOn
        let words = ranks.gatherEverywhere([word.rawValue]).map { $0[0] }
        let sent = try ranks.gather(rows.map { try $0.encoded } ?? [])
        for (rank, bytes) in sent.enumerated() where !bytes.isEmpty {
            let rows = try BatchRows(bytes)
            waiting[rank] += rows.places.indices.map { rows.row($0) }
        }
        let stops = words.contains(Word.stops.rawValue)
        for (rank, word) in words.enumerated() {
            isActive[rank] = word != Word.done.rawValue && !stops
        }
        return (ranks.isFirst ? ready() : [], stops)
    }

    /// The rows before which no other can come.
    private mutating func ready() -> [BatchRows] {
        var ready: [BatchRows] = []
        while true {
            let isOpen = waiting.indices.contains { isActive[$0] && waiting[$0].isEmpty }
            let heads = waiting.indices.filter { !waiting[$0].isEmpty }
            guard !isOpen,
                let next = heads.min(by: { waiting[$0][0].places[0] < waiting[$1][0].places[0] })
            else { return ready }
            ready.append(waiting[next].removeFirst())
        }
    }
}

// Numbers in the machine's own form, as all ranks have it: five counts, places, predictions as JSON, values.
extension BatchRows {
    fileprivate var encoded: [UInt8] {
        get throws {
            let json = predictions.isEmpty ? [] : [UInt8](try JSONEncoder().encode(predictions))
            let counts = [places.count, json.count, logits.count, embeddings.count, pixels.count]
            var bytes: [UInt8] = []
            bytes.reserveCapacity(64 + json.count + 4 * counts.reduce(0, +))
            unsafe (counts + places).withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
            bytes += json
            for values in [logits, embeddings, pixels] {
                unsafe values.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
            }
            return bytes
        }
    }

    fileprivate init(_ bytes: [UInt8]) throws {
        var offset = 0
        func numbers<Number: BitwiseCopyable>(_ count: Int, _ zero: Number) -> [Number] {
            let end = offset + count * MemoryLayout<Number>.stride
            precondition(count >= 0 && end <= bytes.count, "a message of \(bytes.count) bytes")
            defer { offset = end }
            return unsafe bytes.withUnsafeBytes { bytes in
                (0..<count).map { index in
                    unsafe bytes.loadUnaligned(
                        fromByteOffset: offset + index * MemoryLayout<Number>.stride,
                        as: Number.self
                    )
                }
            }
        }
        let counts = numbers(5, 0)
        places = numbers(counts[0], 0)
        let json = numbers(counts[1], UInt8(0))
        predictions =
            json.isEmpty ? [] : try JSONDecoder().decode([Prediction].self, from: Data(json))
        logits = numbers(counts[2], Float(0))
        embeddings = numbers(counts[3], Float(0))
        pixels = numbers(counts[4], Float(0))
    }
}
