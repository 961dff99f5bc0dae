import Checkpoint
import Foundation
import Proto
import TestSupport
import Testing

@Suite struct EventTests {
    static let golden = "events/events.out.tfevents.1795386102.host"

    private func events(_ path: String) throws -> [Event] {
        let reader = try EventReader(path: path)
        var events: [Event] = []
        while let event = try reader.next() { events.append(event) }
        return events
    }

    private func scalar(_ event: Event) -> [String: Float] {
        guard case .summary(let summary) = event.content else { return [:] }
        return Dictionary(uniqueKeysWithValues: summary.values.map { ($0.tag, $0.scalar ?? .nan) })
    }

    @Test("TensorFlow's event file, and the same written again")
    func goldenFile() throws {
        let path = Fixture.path("formats/" + Self.golden)
        let events = try events(path)
        #expect(events.map(\.step) == [0, 0, 1, 2])
        #expect(events[0].content == .fileVersion("brain.Event:2"))
        #expect(events.dropFirst().map(scalar) == [["loss": 1], ["loss": 0.5], ["loss": 1 / 3]])
        let folder = try TemporaryFolder()
        let writer = try EventWriter(folder: folder.root, time: events[0].wallTime, host: "host")
        for event in events.dropFirst() { try writer.write(event) }
        try writer.finish()
        #expect(writer.path == folder.path("events.out.tfevents.1795386102.host"))
        #expect(
            try folder.bytes("events.out.tfevents.1795386102.host")
                == Fixture.bytes("formats/" + Self.golden)
        )
    }

    @Test("K12: the bytes of a version, of scalars, pictures and texts; NaN and steps below zero")
    func writing() throws {
        #expect(
            hexadecimal(Event(wallTime: 1.5, content: .fileVersion("brain.Event:2")).serialized)
                == "09000000000000f83f1a0d627261696e2e4576656e743a32"
        )
        let folder = try TemporaryFolder()
        let writer = try EventWriter(folder: folder.root, time: 5, host: "h")
        try writer.write(scalars: [("a", .nan), ("b", 2)], step: -1, time: 6)
        let image = Summary.Image(height: 2, width: 3, channels: 3, encoded: [1, 2, 3])
        try writer.write(image: image, tag: "picture", step: 4, time: 7)
        try writer.write(text: "# Title", tag: "words", step: 5, time: 8)
        try writer.finish()
        #expect(writer.path == folder.path("events.out.tfevents.0000000005.h"))
        let events = try events(writer.path)
        #expect(events.map(\.step) == [0, -1, 4, 5])
        #expect(scalar(events[1])["a"]?.isNaN == true)
        #expect(scalar(events[1])["b"] == 2)
        #expect(
            events[2].content
                == .summary(Summary([Summary.Value(tag: "picture", content: .image(image))]))
        )
        guard case .summary(let text) = events[3].content,
            case .tensor(let tensor)? = text.values.first?.content
        else {
            Issue.record("no text")
            return
        }
        #expect(text.values[0].plugin == "text")
        #expect(tensor.strings == [Array("# Title".utf8)])
    }

    @Test("a run that goes on writes a file of its own")
    func again() throws {
        let folder = try TemporaryFolder()
        let first = try EventWriter(folder: folder.root, time: 5, host: "h")
        let second = try EventWriter(folder: folder.root, time: 5, host: "h")
        #expect(first.path != second.path)
    }

    @Test("K12: a file that is being written is an error, or is followed")
    func following() throws {
        let folder = try TemporaryFolder()
        let bytes = try Fixture.bytes("formats/" + Self.golden)
        for length in 0...bytes.count {
            let path = try folder.write(Array(bytes[..<length]), to: "live")
            let isWhole = [0, 40, 80, 122, 164].contains(length)
            #expect((try? events(path)) != nil || !isWhole, "\(length)")
            #expect((try? events(path)) == nil || isWhole, "\(length)")
            let reader = try EventReader(path: path, follows: true)
            var count = 0
            while try reader.next() != nil { count += 1 }
            #expect(count == [40, 80, 122, 164].filter { $0 <= length }.count)
            let file = try #require(FileHandle(forWritingAtPath: path))
            try file.seekToEnd()
            try file.write(contentsOf: Data(bytes[length...]))
            try file.close()
            while try reader.next() != nil { count += 1 }
            #expect(count == 4, "\(length)")
        }
    }
}
