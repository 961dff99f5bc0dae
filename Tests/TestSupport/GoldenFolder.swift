public import Foundation
public import Testing

/// Golden data that is too large for `fixtures/`: the folder that the environment variable `REASSEMBLE_GOLDEN` names.
public enum GoldenFolder {
    /// The folder; nil where the variable is not set.
    public static let url: URL? = ProcessInfo.processInfo.environment["REASSEMBLE_GOLDEN"]
        .map { URL(filePath: $0) }

    /// The path of a file or folder, in `fixtures/` or else in the golden folder; nil where it is in neither.
    public static func path(_ name: String) -> String? {
        for url in [Fixture.url(name), url?.appending(path: name)] {
            guard let path = url?.path(percentEncoded: false) else { continue }
            if FileManager.default.fileExists(atPath: path) { return path }
        }
        return nil
    }
}

extension Trait where Self == ConditionTrait {
    /// A test that needs golden data beyond `fixtures/`; skipped where `REASSEMBLE_GOLDEN` names no folder.
    public static var needsGolden: Self {
        .enabled(if: GoldenFolder.url != nil, "REASSEMBLE_GOLDEN names no folder of golden data")
    }
}
