import Foundation
import TestSupport
import Testing

/// Networks that PyTorch trained, against PyTorch's own logits.
@Suite("Networks of PyTorch's", .serialized)
struct PyTorchNetworksTests {
    private struct Case: Decodable {
        let name: String
        let side: Int
        let shapes: [String: [Int]]
        let logits: [[Double]]
    }

    /// The numbers of `fixtures/pytorch/generate.py`.
    private static func numbers(_ seed: Int, _ count: Int) -> [Double] {
        (0..<count).map { index in
            var word = UInt32(truncatingIfNeeded: index + seed * 1_000_003 + 1) &* 2_654_435_761
            word ^= word >> 16
            word = word &* 2_246_822_519
            word ^= word >> 13
            return Double(word) / 4_294_967_296
        }
    }

    private static func values(_ name: String, _ shape: [Int], _ seed: Int) -> [Float] {
        let numbers = numbers(seed, shape.reduce(1, *))
        let bound = (3 / Double(shape.dropFirst().reduce(1, *))).squareRoot()
        return numbers.map { number in
            if name.hasSuffix("running_var") { return Float(0.5 + number) }
            guard shape.count == 1 else { return Float(2 * (number - 0.5) * bound) }
            return name.hasSuffix("weight") ? Float(0.75 + 0.5 * number) : Float(0.2 * (number - 0.5))
        }
    }

    private static func bytes(_ values: [Float]) -> [UInt8] {
        values.flatMap { value in
            (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
        }
    }

    /// A safetensors file as PyTorch's users have it; `more` are names of tensors of one value.
    private static func weights(_ network: Case, more: [String] = []) -> [UInt8] {
        var header: [String] = [#""__metadata__":{"format":"pt"}"#]
        var data: [UInt8] = []
        func append(_ name: String, _ shape: [Int], _ values: [Float]) {
            let start = data.count
            data += bytes(values)
            header.append(
                #""\#(name)":{"dtype":"F32","shape":\#(shape),"data_offsets":[\#(start),\#(data.count)]}"#
            )
        }
        for (seed, name) in network.shapes.keys.sorted().enumerated() {
            let shape = network.shapes[name] ?? []
            append(name, shape, values(name, shape, seed))
        }
        for name in more { append(name, [1], [0.5]) }
        let text = Array("{\(header.joined(separator: ","))}".utf8)
        return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + text + data
    }

    private static func pictures(_ side: Int) -> [UInt8] {
        let head = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, \(side), \(side), 3), }"
        let text = head + String(repeating: " ", count: 117 - head.count) + "\n"
        return [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(text.utf8)
            + bytes(numbers(999, 6 * side * side).map { Float(4 * ($0 - 0.5)) })
    }

    private static func floats(_ file: [UInt8], _ count: Int) -> [Double] {
        let bytes = Array(file.suffix(4 * count))
        return (0..<count).map { index in
            let word = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[4 * index + $1]) << (8 * $1) }
            return Double(Float(bitPattern: word))
        }
    }

    private static func error(_ found: [Double], _ network: Case) -> Double {
        let expected = network.logits.flatMap(\.self)
        let largest = expected.map(abs).max() ?? 1
        return zip(found, expected).map { abs($0 - $1) }.max().map { $0 / largest } ?? .infinity
    }

    @Test("give PyTorch's logits, and say how their pools are padded")
    func logits() throws {
        let networks = try Fixture.json("pytorch/expected.json", as: [Case].self)
        for network in networks {
            let folder = try TemporaryFolder()
            let file = try folder.write(Self.weights(network), to: "model.safetensors")
            let run = [
                "--model-dir", file, "--tensor",
                try folder.write(Self.pictures(network.side), to: "x.npy"), "--math=exact",
                "--logits", folder.path("l.npy"), "--force",
            ]
            let outcome = try Tool.run("eval", run)
            try #require(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(outcome.errors.contains("so this is taken: --pool_padding=pytorch"))
            let found = Self.floats(try folder.bytes("l.npy"), 22)
            #expect(Self.error(found, network) < 3e-6, "\(network.name) at \(network.side)")
            // TensorFlow's padding is another network, but for sides that leave the pool an odd number of rows.
            let other = try Tool.run("eval", run + ["--pool-padding=tensorflow"])
            #expect(other.exitCode == 0, "\(other.errors)")
            #expect(!other.errors.contains("so this is taken: --pool_padding"))
            let difference = Self.error(Self.floats(try folder.bytes("l.npy"), 22), network)
            #expect(network.side == 90 || difference > 1e-3, "\(network.name) at \(network.side)")
        }
    }

    @Test("keep their padding wherever they go")
    func travels() throws {
        let networks = try Fixture.json("pytorch/expected.json", as: [Case].self)
        for network in [networks[0], networks[2]] {
            let folder = try TemporaryFolder()
            let file = try folder.write(Self.weights(network), to: "model.safetensors")
            let tensor = try folder.write(Self.pictures(network.side), to: "x.npy")
            for (target, more) in [
                ("m", ["--to", "tf"]), ("m.safetensors", []),
                ("timm.safetensors", ["--names", "timm-like"]),
            ] {
                let converted = try Tool.run(
                    "convert",
                    [file, "-o", folder.path("out/\(target)")] + more
                )
                try #require(converted.exitCode == 0, "\(converted.errors)")
                let outcome = try Tool.run(
                    "eval",
                    [
                        "--model-dir", folder.path("out/\(target)"), "--tensor", tensor,
                        "--math=exact", "--logits", folder.path("l.npy"), "--force",
                    ]
                )
                try #require(outcome.exitCode == 0, "\(outcome.errors)")
                let found = Self.floats(try folder.bytes("l.npy"), 22)
                #expect(Self.error(found, network) < 3e-6, "\(network.name) as \(target)")
                try FileManager.default.removeItem(atPath: folder.path("out"))
            }
            // Each is read back and computed without the engine.
            for target in ["m.onnx", "m.pb", "exported"] {
                let to = target == "exported" ? ["--to", "saved-model"] : []
                let proved = try Tool.run(
                    "convert",
                    [file, "-o", folder.path(target)] + to
                )
                #expect(proved.exitCode == 0, "\(proved.errors)")
                #expect(proved.output.contains("verified: logits of 2 fixed pictures"))
            }
        }
    }

    @Test("with parameters that ours have not are others")
    func others() throws {
        let network = try Fixture.json("pytorch/expected.json", as: [Case].self)[0]
        let folder = try TemporaryFolder()
        for name in ["layer1.0.conv1.bias", "layer2.1.se.fc1.weight"] {
            let file = try folder.write(Self.weights(network, more: [name]), to: "m.safetensors")
            let outcome = try Tool.run("convert", [file, "-o", folder.path("m.onnx")])
            #expect(outcome.exitCode == 4, "\(outcome.errors)")
        }
    }
}
