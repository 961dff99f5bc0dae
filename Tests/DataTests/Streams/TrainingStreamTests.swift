import Checkpoint
import Data
import Foundation
import TestSupport
import Testing

@Suite
struct TrainingStreamTests {
    /// Record files of Examples whose label is their number.
    private func files(_ counts: [Int], in folder: TemporaryFolder) throws {
        var label: UInt8 = 0
        for (index, count) in counts.enumerated() {
            let writer = try RecordWriter(path: folder.path("train-\(index)"))
            for _ in 0..<count {
                unsafe try writer.write(Self.example(label: label).span.bytes)
                label += 1
            }
            try writer.finish()
        }
    }

    /// An Example with the label and one byte of a picture, by hand.
    private static func example(label: UInt8) -> [UInt8] {
        func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
            [number << 3 | 2, UInt8(content.count)] + content
        }
        func entry(_ name: String, _ feature: [UInt8]) -> [UInt8] {
            field(1, field(1, Array(name.utf8)) + field(2, feature))
        }
        let bytes = field(1, field(1, [label]))
        let integers = field(3, field(1, [label]))
        return field(
            1,
            entry("image/encoded", bytes) + entry("image/class/label", integers)
        )
    }

    private func data(_ folder: TemporaryFolder) throws -> TrainingData {
        try TrainingData(folder: folder.root, pattern: "train-*", subfolders: [])
    }

    private func labels(
        _ data: TrainingData,
        _ order: TrainingOrder,
        at position: StreamPosition = StreamPosition(),
        count: Int
    ) throws -> [Int] {
        let stream = try TrainingStream(data, order: order, at: position)
        return try (0..<count).map { _ in
            try #require(stream.next().picture.load(with: data.reader()).label)
        }
    }

    @Test("without shuffling, files and records come in their order, again and again")
    func inOrder() throws {
        let folder = try TemporaryFolder()
        try files([3, 1, 2], in: folder)
        let data = try data(folder)
        #expect(try data.count() == 6)
        let order = TrainingOrder(shuffleBuffer: nil, seed: 1)
        #expect(try labels(data, order, count: 8) == [0, 1, 2, 3, 4, 5, 0, 1])
    }

    @Test("each epoch has every picture once, in an order of its own", arguments: [1, 4, 100])
    func epochs(buffer: Int) throws {
        let folder = try TemporaryFolder()
        try files([7, 5, 11], in: folder)
        let data = try data(folder)
        let order = TrainingOrder(shuffleBuffer: buffer, seed: 1)
        let drawn = try labels(data, order, count: 69)
        let epochs = stride(from: 0, to: 69, by: 23).map { Array(drawn[$0..<($0 + 23)]) }
        for epoch in epochs { #expect(epoch.sorted() == Array(0..<23)) }
        // A buffer of one shuffles files only, of which there are few.
        #expect(Set(epochs).count == (buffer == 1 ? 2 : 3))
        #expect(try labels(data, order, count: 69) == drawn)
        #expect(
            try labels(data, TrainingOrder(shuffleBuffer: buffer, seed: 2), count: 69) != drawn
        )
    }

    @Test("a buffer shuffles as far as it reaches")
    func reach() throws {
        let folder = try TemporaryFolder()
        try files([100], in: folder)
        let drawn = try labels(
            data(folder),
            TrainingOrder(shuffleBuffer: 10, seed: 3),
            count: 100
        )
        // A picture cannot come before those of its place less the buffer's size.
        for (place, label) in drawn.enumerated() { #expect(label < place + 10) }
        #expect(drawn != drawn.sorted())
    }

    @Test("goes on at any position", arguments: [true, false])
    func positions(isShuffled: Bool) throws {
        let folder = try TemporaryFolder()
        try files([6, 4], in: folder)
        let data = try data(folder)
        let order = TrainingOrder(shuffleBuffer: isShuffled ? 4 : nil, seed: 9)
        let drawn = try labels(data, order, count: 30)
        for count in 0...25 {
            let stream = try TrainingStream(data, order: order, at: StreamPosition())
            for _ in 0..<count { _ = try stream.next() }
            #expect(
                try labels(data, order, at: stream.position, count: 5)
                    == Array(drawn[count..<(count + 5)])
            )
        }
    }

    @Test("compressed files hold the same")
    func compressed() throws {
        let folder = try TemporaryFolder()
        let writer = try RecordWriter(path: folder.path("train-0"), compression: .gzip)
        for label in 0..<5 {
            unsafe try writer.write(Self.example(label: UInt8(label)).span.bytes)
        }
        try writer.finish()
        let data = try data(folder)
        #expect(try data.count() == 5)
        let order = TrainingOrder(shuffleBuffer: 3, seed: 1)
        #expect(try labels(data, order, count: 5).sorted() == [0, 1, 2, 3, 4])
    }

    @Test("a damaged record stands for one picture; a damaged length for the rest of its file")
    func damage() throws {
        let folder = try TemporaryFolder()
        try files([3, 2], in: folder)
        let length = try folder.bytes("train-0").count / 3
        for (offset, left) in [(length + 20, [0, 2, 3, 4]), (length, [0, 3, 4])] {
            var bytes = try folder.bytes("train-0")
            bytes[offset] ^= 1
            try folder.write(bytes, to: "train-0")
            let data = try data(folder)
            let stream = try TrainingStream(
                data,
                order: TrainingOrder(shuffleBuffer: nil, seed: 0),
                at: StreamPosition()
            )
            var (labels, damaged) = ([Int](), 0)
            while true {
                let next = try stream.next()
                guard next.position.epoch == 0 else { break }
                do {
                    labels.append(try #require(next.picture.load(with: data.reader()).label))
                } catch is CorruptPicture {
                    damaged += 1
                }
            }
            #expect(labels == left)
            #expect(damaged == 1)
            bytes[offset] ^= 1
            try folder.write(bytes, to: "train-0")
        }
    }

    @Test("a data set without a picture is an error, not an endless search")
    func empty() throws {
        let folder = try TemporaryFolder()
        try files([0], in: folder)
        let stream = try TrainingStream(
            data(folder),
            order: TrainingOrder(shuffleBuffer: 5, seed: 0),
            at: StreamPosition()
        )
        #expect(throws: DataError.emptyData(folder.root)) { try stream.next() }
        #expect(throws: DataError.noData(folder: folder.root, pattern: "x*", hint: "")) {
            try TrainingData(folder: folder.root, pattern: "x*", subfolders: [])
        }
    }
}
