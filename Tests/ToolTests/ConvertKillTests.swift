import Convert
import Engine
import Foundation
import TestSupport
import Testing

/// Conversions that are killed while they write.
@Suite(.serialized)
struct ConvertKillTests {
    /// A safetensors file with the shapes of a ResNet-50 of some width; its zeros take no room on disk.
    private func weights(in folder: TemporaryFolder) throws -> String {
        var configuration = ModelConfiguration()
        configuration.width = 160
        let variables = VariableNames(try Graph(configuration, imageSize: 224)).variables
        var offset = 0
        let members = variables.map { variable in
            let end = offset + variable.shape.reduce(4, *)
            defer { offset = end }
            return "\"\(variable.name)\":{\"dtype\":\"F32\",\"shape\":\(variable.shape),"
                + "\"data_offsets\":[\(offset),\(end)]}"
        }
        let header = Array("{\(members.joined(separator: ","))}".utf8)
        let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
        let path = try folder.write(length + header, to: "source.safetensors")
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        try file.truncate(atOffset: UInt64(8 + header.count + offset))
        try file.close()
        return path
    }

    @Test(
        "kill -9 leaves no half file under the final name",
        arguments: [
            ("tf", "result"), ("safetensors", "result.safetensors"), ("npz", "result.npz"),
            ("onnx", "result.onnx"), ("torch", "result.py"),
        ]
    )
    func killed(format: String, name: String) throws {
        let folder = try TemporaryFolder()
        let source = try weights(in: folder)
        var arguments = [source, "--to", format, "-o", folder.path(name), "--no-verify"]
        if format == "tf" { arguments.append("--no-meta") }
        let delays = [20, 60, 120, 200, 320]
        var killed = 0
        for delay in delays {
            let outcome = try Tool.run(
                "convert",
                arguments,
                signal: SIGKILL,
                after: .milliseconds(delay)
            )
            guard outcome.exitCode == 128 + SIGKILL else { break }
            killed += 1
            // What is there is whole; a file of weights may be there before what belongs to it.
            let names = try folder.names().filter { $0.hasPrefix("result") }
                .filter { !$0.contains("tempstate") }
            for name in names {
                let path = folder.path(name)
                if name.hasSuffix(".safetensors") {
                    #expect(throws: Never.self) { try SafeTensorsReader(path: path) }
                } else if name.contains(".data-") {
                    let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
                    #expect((size ?? 0) > 100_000_000)
                } else {
                    Issue.record("\(name) is there after \(delay) ms")
                }
            }
        }
        #expect(killed > 0)
    }
}
