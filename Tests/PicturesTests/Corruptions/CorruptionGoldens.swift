import Pictures
import TestSupport

/// What the published generator makes of pictures; see `fixtures/corruptions`.
struct CorruptionGolden: Decodable, Sendable {
    /// A file that is written.
    struct File: Decodable {
        let sha256: String
        let decoded: String

        enum CodingKeys: String, CodingKey {
            case sha256
            case decoded = "decoded_sha256"
        }
    }

    /// The generator's state afterwards.
    struct State: Decodable {
        let position: Int
        let key: String
        let hasSpare: Int

        enum CodingKeys: String, CodingKey {
            case position = "pos"
            case key = "key_sha256"
            case hasSpare = "has_gauss"
        }
    }

    let id: String
    let input: String
    let corruption: String
    let severity: Int
    let seed: UInt32
    let sha256: String
    let turbo: String?
    let state: State
    let file: File
    let turboFile: File

    enum CodingKeys: String, CodingKey {
        case id, input, corruption, severity, seed, sha256, turbo
        case state = "rng_end"
        case file = "jpeg85"
        case turboFile = "jpeg85_turbo"
    }

    static func all() throws -> [CorruptionGolden] {
        try Fixture.json("corruptions/cases.json", as: [CorruptionGolden].self)
    }

    /// The picture that is corrupted.
    static func input(_ name: String) throws -> Picture {
        let decoder = try PillowDecoder(.ijg9)
        let picture = try decoder.decoded(Fixture.bytes("corruptions/\(name)"))
        guard name == "c431x297.jpg" else { return picture }
        return PillowFraming(resize: 256, crop: 224).square(of: picture)
    }

    static func frost() throws -> FrostPhotographs {
        let decoder = try PillowDecoder(.turbo)
        return FrostPhotographs(
            try FrostPhotographs.fileNames.map { name in
                try decoder.decoded(Fixture.bytes("corruptions/frost/\(name)"))
            }
        )
    }
}

extension PillowDecoder {
    /// The decoded picture.
    @discardableResult
    func decoded(_ bytes: [UInt8]) throws(PictureError) -> Picture {
        try unsafe decode(bytes.span.bytes)
    }
}
