import Data
import Foundation
import TestSupport

/// A small data set on disk, and its pictures as a layout lists them.
struct PictureTree {
    let folder: TemporaryFolder

    /// Writes files into a folder of their own; those of `pictures` are empty.
    init(texts: [String: String], pictures: [String], fixtures: [String: String] = [:]) throws {
        folder = try TemporaryFolder()
        for (name, text) in texts { try write(Array(text.utf8), name) }
        for name in pictures { try write([], name) }
        for (name, fixture) in fixtures { try write(try Fixture.bytes(fixture), name) }
    }

    private func write(_ bytes: [UInt8], _ name: String) throws {
        let url = folder.url.appending(path: name)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(bytes).write(to: url)
    }

    func path(_ name: String) -> String { "\(folder.root)/\(name)" }

    /// The listing of a layout.
    func listing(
        _ layout: PictureLayout,
        _ change: (inout ListingRequest) -> Void = { _ in }
    ) throws -> PictureListing {
        var request = ListingRequest(folder: folder.root)
        change(&request)
        return try layout.listing(request)
    }

    /// Pictures by their paths in the folder, and their labels.
    func plain(_ pictures: [ListedPicture]) -> [String] {
        pictures.map { "\($0.path.dropFirst(folder.root.count + 1)) \($0.label)" }
    }

    /// The same in the published order.
    static func shuffled(_ pictures: [String], seed: UInt64 = 12345) -> [String] {
        PublishedShuffle.order(pictures.count, seed: seed).map { pictures[$0] }
    }
}
