import Foundation
import GoldenNetworks
import Networks
import Reference
import TestSupport
import Testing

/// Files that others trained; they lie beside the golden data.
private let realFiles: String? = GoldenFolder.url.map {
    $0.deletingLastPathComponent().appending(path: "real").path(percentEncoded: false)
}.flatMap { FileManager.default.fileExists(atPath: $0) ? $0 : nil }

/// Any tensor of any graph, against what TensorFlow computed.
@Suite
struct GraphFetchTests {
    @Test(
        "networks that others trained",
        .enabled(if: realFiles != nil, "there are no files of others beside REASSEMBLE_GOLDEN"),
        arguments: [
            ("tf2onnx-tests/tests/models/ae0/frozen.pb", "tf2onnx-ae0", "X", "output", ""),
            (
                "tf2onnx-tests/tests/models/fc-layers/frozen.pb", "tf2onnx-fc-layers", "X:0",
                "output:0", ""
            ),
            (
                "musicnn/MSD_vgg/.meta", "musicnn-MSD_vgg", "model/Placeholder:0",
                "model/Sigmoid:0", "model/Placeholder_2"
            ),
            (
                "musicnn/MSD_musicnn", "musicnn-MSD_musicnn", "model/Placeholder:0",
                "model/Sigmoid:0", "model/Placeholder_2"
            ),
        ]
    )
    func trained(
        file: String,
        id: String,
        input: String,
        output: String,
        phase: String
    ) throws {
        let folder = try #require(realFiles)
        var options = ImportOptions()
        options.feeds = [.init(input, .array(path: "\(folder)/outputs/\(id)/input.npy"))]
        if !phase.isEmpty { options.feeds.append(.init(phase, .text("false"))) }
        let source = try GraphSource("\(folder)/\(file)", options)
        let (values, _) = try source.values(of: [output], options)
        let expected = try ReferenceTensor(npy: "\(folder)/outputs/\(id)/output.npy")
        let error = values[0].largestRowError(from: expected)
        print("\(id): largest relative error \(error)")
        #expect(error <= 1e-5)
    }
}
