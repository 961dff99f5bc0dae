import Engine
import Foundation
import Networks
import TestSupport
import Testing

/// Conversions that are killed while they write.
@Suite(.serialized)
struct ConvertKillTests {
    /// A safetensors file with the shapes of a ResNet-50 of some width; its zeros take no room on disk.
    private func weights(in folder: TemporaryFolder) throws -> String {
        var configuration = ModelConfiguration()
        configuration.width = 96
        let variables = VariableNames(try FamilyNetwork(configuration, imageSize: 224)).variables
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
            ("onnx", "result.onnx"), ("torch", "result.py"), ("frozen", "result.pb"),
            ("saved-model", "result"),
        ]
    )
    func killed(format: String, name: String) throws {
        let folder = try TemporaryFolder()
        let source = try weights(in: folder)
        let process = Process()
        process.executableURL = try Tool.url("convert")
        process.arguments = [source, "--to", format, "-o", folder.path(name), "--no-verify"]
        if format == "tf" { process.arguments?.append("--no-meta") }
        if format == "saved-model" { process.arguments? += ["--timestamp", "1500000000"] }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        // Until a part of the result is on disk, under whatever name.
        var written = 0
        while process.isRunning, written < 20_000_000 {
            // A folder may be renamed while it is walked through.
            written =
                ((try? files(in: folder)) ?? []).map { name in
                    let facts = try? FileManager.default.attributesOfItem(atPath: folder.path(name))
                    return facts?[.size] as? Int ?? 0
                }.max() ?? 0
        }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        #expect(process.terminationReason == .uncaughtSignal, "it was over before")
        #expect(written >= 20_000_000)
        // What was begun is hidden, or lies in a folder that is.
        let final = try files(in: folder).filter { name in
            !name.split(separator: "/").contains { $0.hasPrefix(".") }
        }
        #expect(final.isEmpty)
    }

    /// The paths of the files of the result, below the folder.
    private func files(in folder: TemporaryFolder) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder.path("")).filter { name in
            let facts = try? FileManager.default.attributesOfItem(atPath: folder.path(name))
            let isFile = facts?[.type] as? FileAttributeType == .typeRegular
            return isFile && name != "source.safetensors"
        }
    }
}
