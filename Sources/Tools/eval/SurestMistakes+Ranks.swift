import Base
import Checkpoint
import Data
import Engine
import Foundation
import ToolSupport

// Ranks see a part of the pictures each.
extension SurestMistakes {
    /// A mistake on its way to the first rank.
    private struct Sent: Codable {
        let place: Int
        let label: Int
        let answer: Int
        let confidence: UInt64
        let file: String
        let record: Int?
        let offset: Int?
        let name: [UInt8]?
        let picture: Data

        init(_ mistake: Mistake) {
            let picture = mistake.picture
            place = picture.place
            label = mistake.label
            answer = mistake.answer
            confidence = mistake.confidence.bitPattern
            file = picture.origin.file
            record = picture.origin.record
            offset = picture.origin.offset
            name = picture.name?.bytes
            self.picture = picture.bytes.withBytes { bytes in
                unsafe bytes.withUnsafeBytes { unsafe Data($0) }
            }
        }

        var mistake: Mistake {
            let bytes = [UInt8](picture)
            var found = LabelledPicture(
                bytes: unsafe OwnedBytes(copying: bytes.span.bytes),
                label: label,
                name: name.map { ByteName($0) },
                origin: .init(file: file, record: record, offset: offset)
            )
            found.place = place
            return Mistake(
                picture: found,
                label: label,
                answer: answer,
                confidence: Double(bitPattern: confidence)
            )
        }
    }

    /// Takes those of all ranks, at the first of them, in the order in which one process would have them.
    mutating func gather() throws {
        let ranks = Ranks.current
        guard ranks.count > 1, limit > 0 else { return }
        let own = [UInt8](try JSONEncoder().encode(mistakes.map { Sent($0) }))
        var all: [Mistake] = []
        for bytes in ranks.gather(own) {
            all += try JSONDecoder().decode([Sent].self, from: Data(bytes)).map(\.mistake)
        }
        all.sort { ($1.confidence, $0.picture.place) < ($0.confidence, $1.picture.place) }
        if ranks.isFirst { mistakes = Array(all.prefix(limit)) }
    }
}
