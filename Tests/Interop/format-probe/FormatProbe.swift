import Checkpoint
import Foundation
import Proto

/// Writes and reads files in TensorFlow's formats, for a script that compares them with TensorFlow's own.
///
/// `format-probe copy-bundle IN OUT`, `copy-records IN OUT none|gzip|zlib`, `write-many OUT COUNT`,
/// `write-shards OUT`, `write-state OUT NAME...`, `write-events FOLDER`, `write-example OUT`, `list IN`,
/// `read IN` (reads and checks everything), `write-large OUT MEGABYTES`.
@main
struct FormatProbe {
    static func main() {
        let start = ContinuousClock.now
        do {
            try run(Array(CommandLine.arguments.dropFirst()))
            // The time without the process's own, which a program that runs already does not take.
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            FileHandle.standardError.write(Data("\(seconds) s\n".utf8))
        } catch {
            FileHandle.standardError.write(Data("format-probe: \(error)\n".utf8))
            exit(3)
        }
    }

    private static func run(_ arguments: [String]) throws {
        let rest = Array(arguments.dropFirst())
        switch (arguments.first, rest.count) {
        case ("copy-bundle", 2): try copyBundle(rest[0], rest[1])
        case ("copy-records", 3): try copyRecords(rest[0], rest[1], rest[2])
        case ("write-many", 2): try writeMany(rest[0], Int(rest[1]) ?? 0)
        case ("write-large", 2): try writeLarge(rest[0], Int(rest[1]) ?? 0)
        case ("write-shards", 1): try writeShards(rest[0])
        case ("write-state", 2...):
            try CheckpointState(latest: rest[1], all: Array(rest[1...])).write(to: rest[0])
        case ("write-events", 1): try writeEvents(rest[0])
        case ("write-example", 1): try writeExample(rest[0])
        case ("list", 1): try list(rest[0])
        case ("read", 1): try read(rest[0])
        default:
            FileHandle.standardError.write(Data("format-probe: see its source for usage\n".utf8))
            exit(2)
        }
    }

    /// Writes a checkpoint again, its tensors in the order in which their bytes lie.
    private static func copyBundle(_ from: String, _ to: String) throws {
        let source = try CheckpointLocation(from).open()
        let writer = try BundleWriter(prefix: to)
        for tensor in source.tensors.sorted(by: { $0.offset < $1.offset }) {
            if tensor.dataType == .string {
                try writer.add(
                    tensor.name,
                    shape: tensor.shape,
                    strings: try source.strings(of: tensor)
                )
            } else if let bundle = source as? BundleReader, !tensor.slices.isEmpty {
                for slice in tensor.slices {
                    let stored = try bundle.bytes(of: tensor, slice: slice)
                    try writer.add(
                        tensor.name,
                        tensor.dataType,
                        shape: tensor.shape,
                        slice: slice,
                        bytes: unsafe stored.buffer.bytes
                    )
                }
            } else {
                let stored = try source.bytes(of: tensor, verifies: true)
                try writer.add(
                    tensor.name,
                    tensor.dataType,
                    shape: tensor.shape,
                    bytes: unsafe stored.buffer.bytes
                )
            }
        }
        try writer.finish()
    }

    private static func copyRecords(_ from: String, _ to: String, _ kind: String) throws {
        let reader = try RecordReader(path: from)
        let compression = RecordCompression(rawValue: kind) ?? .none
        let writer = try RecordWriter(path: to, compression: compression)
        while let record = try reader.next() { try writer.write(unsafe record.bytes.buffer.bytes) }
        try writer.finish()
    }

    /// Tensors `layer_00000/kernel` and so on, each with its number.
    private static func writeMany(_ prefix: String, _ count: Int) throws {
        let writer = try BundleWriter(prefix: prefix)
        for index in 0..<count {
            let digits = String(index)
            let name = "layer_" + String(repeating: "0", count: 5 - digits.count) + digits
            let value: [Float] = [Float(index)]
            try writer.add(
                name + "/kernel",
                .float32,
                shape: [1],
                bytes: unsafe value.span.bytes
            )
        }
        try writer.finish()
    }

    /// Tensors of a megabyte each, in chunks.
    private static func writeLarge(_ prefix: String, _ megabytes: Int) throws {
        let writer = try BundleWriter(prefix: prefix)
        let chunk = (0..<(1 << 18)).map { Float($0) }
        for index in 0..<megabytes {
            let number = String(100_000 + index)
            try writer.begin("tensor_\(number)", .float32, shape: [chunk.count])
            try writer.append(unsafe chunk.span.bytes)
            try writer.end()
        }
        try writer.finish()
    }

    /// Three tensors in three data files, and one in parts over two of them.
    private static func writeShards(_ prefix: String) throws {
        let writer = try BundleWriter(prefix: prefix, shardCount: 3)
        for shard in 0..<3 {
            let values = (0..<4).map { Float(10 * shard + $0) }
            try writer.add(
                "t\(shard)",
                .float32,
                shape: [2, 2],
                bytes: unsafe values.span.bytes,
                shard: shard
            )
        }
        for part in 0..<2 {
            let values = (0..<6).map { Float(6 * part + $0) }
            let slice = TensorSlice([
                .init(start: Int64(2 * part), length: 2), .init(start: 0, length: 3),
            ])
            try writer.add(
                "parts",
                .float32,
                shape: [4, 3],
                slice: slice,
                bytes: unsafe values.span.bytes,
                shard: part
            )
        }
        try writer.add("words", shape: [2], strings: [Array("né".utf8), []], shard: 2)
        try writer.finish()
    }

    private static func writeEvents(_ folder: String) throws {
        let writer = try EventWriter(folder: folder)
        for step in 0..<5 {
            let value = 1 / Float(step + 1)
            try writer.write(scalars: [("loss", value)], step: Int64(step))
        }
        // A PNG of one white pixel.
        let png = Data(
            base64Encoded:
                "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mP8/x8AAwMCAO+ip1sAAAAASUVORK5CYII="
        )
        let image = Summary.Image(height: 1, width: 1, channels: 1, encoded: [UInt8](png ?? Data()))
        try writer.write(image: image, tag: "pixel", step: 1)
        try writer.write(text: "some *words*", tag: "note", step: 2)
        try writer.finish()
        print(writer.path)
    }

    private static func writeExample(_ path: String) throws {
        var example = Example()
        example["bytes"] = .bytes([[0xFF, 0], []])
        example["floats"] = .floats([1.5, -.infinity])
        example["integers"] = .integers([-1, .max, .min, 0])
        example["empty"] = .integers([])
        try AtomicFile.write(example.serialized, to: path)
    }

    private static func list(_ path: String) throws {
        for tensor in try CheckpointLocation(path).open().tensors {
            print(tensor.name, tensor.dataType.name, tensor.shape)
        }
    }

    private static func read(_ path: String) throws {
        if let location = try? CheckpointLocation(path) {
            var count = 0
            let source = try location.open()
            for tensor in source.tensors {
                if tensor.dataType == .string {
                    count += try source.strings(of: tensor).reduce(0) { $0 + $1.count }
                } else {
                    count += try source.bytes(of: tensor, verifies: true).count
                }
            }
            print("\(source.tensors.count) tensors, \(count) bytes")
        } else {
            let threads = ProcessInfo.processInfo.activeProcessorCount
            let reader = try RecordReader(path: path, threads: threads)
            var count = 0
            var bytes = 0
            while let record = try reader.next() {
                count += 1
                bytes += record.bytes.count
            }
            print("\(count) records, \(bytes) bytes")
        }
    }
}
