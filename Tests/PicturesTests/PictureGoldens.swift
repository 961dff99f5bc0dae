import Checkpoint
import Foundation
import Pictures
import TestSupport

/// What TensorFlow made of each picture in `fixtures/pictures/images`.
enum PictureGoldens {
    /// The result of one step: where the values' hash is known.
    struct Result: Decodable, Sendable {
        let shape: [Int]
        let sha256: String
        let output: Int?
        let window: [Int]?

        enum CodingKeys: String, CodingKey {
            case shape, sha256, output
            case window = "window_y_x_h_w"
        }
    }

    private struct Failure: Decodable {
        let error: String
    }

    /// The steps by name (`decoded`, a preprocessing type, or `train_crop`), by file.
    static let results: [String: [String: Result]] = {
        let url = Fixture.url("pictures/preprocessing.json")
        guard let data = try? Data(contentsOf: url),
            let files = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
        else { return [:] }
        return files.compactMapValues { file in
            guard let data = try? JSONSerialization.data(withJSONObject: file) else { return nil }
            return try? JSONDecoder().decode([String: Result].self, from: data)
        }
    }()

    /// The files that TensorFlow decodes.
    static let files = results.keys.sorted()

    /// All of file and preprocessing type.
    static let prepared: [(file: String, type: String)] = files.flatMap { file in
        (results[file] ?? [:]).keys.sorted()
            .filter { $0 != "decoded" && $0 != "train_crop" }
            .map { (file, $0) }
    }

    static func bytes(_ file: String) throws -> [UInt8] {
        try Fixture.bytes("pictures/images/\(file)")
    }

    static func hash(_ values: [UInt8]) -> String { unsafe SHA256.hex(of: values.span.bytes) }

    static func hash(_ values: [Float]) -> String { unsafe SHA256.hex(of: values.span.bytes) }
}

extension PictureDecoder {
    /// The decoded picture.
    @discardableResult
    func decoded(_ bytes: [UInt8]) throws(PictureError) -> Picture {
        try unsafe decode(bytes.span.bytes)
    }

    /// The prepared picture as an array.
    func prepared(
        _ bytes: [UInt8],
        as preprocessing: Preprocessing,
        layout: PixelLayout = .nhwc
    ) throws(PictureError) -> [Float] {
        let count = 3 * preprocessing.imageSize * preprocessing.imageSize
        var output = [Float](repeating: .nan, count: count)
        var span = output.mutableSpan
        try unsafe prepare(bytes.span.bytes, as: preprocessing, layout: layout, into: &span)
        return output
    }
}
