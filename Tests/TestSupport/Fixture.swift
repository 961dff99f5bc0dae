public import Foundation

/// The files under `fixtures/`, found from this source file's own place.
public enum Fixture {
    /// The repository's root folder.
    public static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The place of a fixture, such as `formats/records.plain`.
    public static func url(_ path: String) -> URL {
        root.appending(path: "fixtures").appending(path: path)
    }

    /// The file-system path of a fixture.
    public static func path(_ path: String) -> String {
        url(path).path(percentEncoded: false)
    }

    /// The bytes of a fixture.
    public static func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: url(path)))
    }

    /// A fixture decoded from JSON.
    public static func json<Value: Decodable>(_ path: String, as type: Value.Type) throws -> Value {
        try JSONDecoder().decode(type, from: Data(contentsOf: url(path)))
    }
}
