import Base
import Checkpoint
import Convert
import Engine
import Foundation
import TestSupport
import Testing

@Suite("A file of a partial evaluation")
struct PartialFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func example() -> PartialEvaluation {
        var partial = PartialEvaluation(
            settings: [.init("checkpoint_sha256", "ab"), .init("data_sha256", "cd")],
            remarks: [.init("data", "é \"x\"")],
            part: 2,
            of: 5
        )
        partial.position = 1234
        partial.skipped = 3
        partial.seconds = 1.25
        var evaluation = Evaluation(labelSmoothing: 0.1)
        let logits: [[Float]] = [
            [1, 2, 3], [0.5, -1e30, 7], [1e20, 3e12, -2], [.infinity, 1, 2],
        ]
        for (index, row) in logits.enumerated() { evaluation.add(row.span, label: index % 3) }
        partial.scores.evaluation = evaluation
        var loss = DistillationLoss(temperature: 2)
        let (one, two) = (logits[0], logits[1])
        loss.add(one.span, teacher: two.span)
        partial.scores.distillation = loss
        var errors = CorruptionError()
        errors.add(true, under: .fog, severity: 5)
        errors.add(false, under: .elasticTransform, severity: 1)
        partial.scores.corruption = errors
        partial.scores.clean = Accuracy()
        var rows = RetrievalRows()
        rows.add([1, 2, .nan], label: -1, place: 7)
        rows.add([3, 4, -0.0], label: 5, place: 2)
        partial.scores.retrieval = rows
        partial.scores.stability = [.snow: Stability()]
        partial.scores.count = 4
        return partial
    }

    @Test("is read as it was written, to the bit")
    func roundTrip() throws {
        let partial = example()
        let path = folder.path("a.part")
        try PartialFile.write(partial, to: path)
        var found = try PartialFile.read(path)
        let rows = try #require(found.scores.retrieval)
        let values = try #require(partial.scores.retrieval).embeddings
        #expect(rows.embeddings.map(\.bitPattern) == values.map(\.bitPattern))
        #expect(rows.places == [7, 2] && rows.labels == [-1, 5])
        found.scores.retrieval = partial.scores.retrieval
        var kept = partial
        (kept.scores.retrieval, found.scores.retrieval) = (nil, nil)
        // A sum that is no number is never equal to itself.
        #expect(found.scores.evaluation?.accuracy == kept.scores.evaluation?.accuracy)
        (kept.scores.evaluation, found.scores.evaluation) = (nil, nil)
        #expect(found == kept)
        let text = String(decoding: try folder.bytes("a.part").prefix(21), as: UTF8.self)
        #expect(text == "reassemble.partial 1\n")
    }

    @Test("is refused where it is cut short anywhere, or any byte is another")
    func hostile() throws {
        let path = folder.path("a.part")
        try PartialFile.write(example(), to: path)
        let whole = try folder.bytes("a.part")
        for length in 0..<whole.count {
            try folder.write(Array(whole.prefix(length)), to: "b.part")
            #expect(throws: ConversionError.self) { try PartialFile.read(folder.path("b.part")) }
        }
        for index in whole.indices {
            var bytes = whole
            bytes[index] ^= UInt8(1 << (index % 8))
            try folder.write(bytes, to: "b.part")
            #expect(throws: ConversionError.self) { try PartialFile.read(folder.path("b.part")) }
        }
        try folder.write(whole + [0], to: "b.part")
        #expect(throws: ConversionError.self) { try PartialFile.read(folder.path("b.part")) }
    }

    /// A file with another header, and a digest that fits it.
    private func write(_ header: String, rows: [UInt8] = []) throws -> String {
        var bytes = Array("reassemble.partial 1\n\(header.utf8.count)\n\(header)".utf8) + rows
        var digest = SHA256()
        unsafe digest.update(bytes.span.bytes)
        bytes += digest.finish()
        return try folder.write(bytes, to: "c.part")
    }

    private static let start =
        #"{"settings":[],"remarks":[],"part":0,"parts":1,"position":0,"isComplete":true,"skipped":0,"#

    private static let none = #"0,"rows":0,"dimension":0,"hasRetrieval":false,"#

    @Test(
        "that somebody made up is refused by what it says",
        arguments: [
            (
                #"0,"rows":4611686018427387904,"dimension":4,"hasRetrieval":true,"#, "",
                "do not fill"
            ),
            (#"0,"rows":1,"dimension":0,"hasRetrieval":true,"#, "", "states what cannot be"),
            (#"-1,"rows":0,"dimension":0,"hasRetrieval":false,"#, "", "states what cannot be"),
            (none, #","unusable":9223372036854775807"#, "9223372036854775807"),
            (none, #","clean":{"correct":3,"count":1}"#, "3 of 1 right answers"),
            (
                none, #","corruption":{"fog":{"6":{"correct":0,"count":1}}}"#,
                "a corruption 'fog' of severity 6"
            ),
            (none, #","stability":{"fog":{}}"#, "lacks something"),
            (String(repeating: "[", count: 100_000), "", "cannot be understood"),
        ]
    )
    func madeUp(rest: String, scores: String, sentence: String) throws {
        let unusable = scores.contains("unusable") ? "" : #","unusable":0"#
        let path = try write(
            Self.start + #""seconds":\#(rest)"scores":{"count":1\#(unusable)\#(scores)}}"#
        )
        do {
            _ = try PartialFile.read(path)
            Issue.record("it was read")
        } catch {
            #expect("\(error)".contains(sentence), "\(error)")
        }
    }

    @Test("whose sums are as large as can be does not trap when it is merged")
    func overflow() throws {
        let most = "\(Int128.max)"
        let loss = #"{"temperature":2,"count":1,"sum":["\#(most)","\#(most)","\#(most)","0"]}"#
        let rest =
            #""seconds":\#(Self.none)"scores":{"count":1,"unusable":0,"distillation":\#(loss)}}"#
        var scores = try PartialFile.read(try write(Self.start + rest)).scores
        scores.merge(scores)
        #expect(scores.distillation?.value.isNaN == true)
    }

    @Test("of another version, or another kind, is refused by name")
    func versions() throws {
        let other = try folder.write("reassemble.partial 2\n0\n", to: "v")
        let reason = "a partial evaluation of version 2, expected 1"
        #expect(throws: ConversionError.malformedPartial(path: other, reason: reason)) {
            try PartialFile.read(other)
        }
        #expect(throws: ConversionError.self) {
            try PartialFile.read(Fixture.path("tiny/README.md"))
        }
    }
}
