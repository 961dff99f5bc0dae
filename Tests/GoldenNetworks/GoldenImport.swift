internal import Checkpoint
internal import Foundation
internal import Networks
internal import Proto
package import Reference
package import TestSupport

/// A foreign network that TensorFlow built and ran, with the weights that its recipe gives it.
package struct GoldenImport: Decodable, Sendable {
    package struct Variable: Decodable, Sendable {
        package let key: String
        package let shape: [Int]
        package let dtype: String
        package let recipe: Bool?
        package let values: [Double]?
    }

    package struct Stage: Decodable, Sendable {
        package let tensor: String
        package let shape: [Int]
        package let mean: Double
        package let std: Double
        package let max: Double
        package let samples: [[Double]]
    }

    package let name: String
    package let form: String
    package let input: String?
    package let input_shape: [Int]
    package let input_scale: [Float]
    package let salt: String
    package let gamma_gain: Float?
    package let outputs: [String: String]
    package let variables: [Variable]?
    package let parameters: Int?
    package let stages: [Stage]?
    package let tolerance: Double?

    /// Inference graphs of 1.14, the small ones first.
    package static let inference = [
        "lrn", "slim-resnet-v2-dilated", "tpu-resnet-18", "tpu-resnet-18-nchw",
        "slim-inception-v1", "slim-inception-v3-quarter", "mnasnet-a1", "efficientnet-b0",
        "amoebanet-a", "keras-densenet-121", "keras-nasnet-mobile",
        "keras-mobilenet-v2-train-phase",
    ]
    package static let training = [
        "train-by-hand", "train-layers", "train-phase-placeholder", "train-slim-resnet",
    ]
    package static let second = ["tf2-mobilenet-v3-small", "tf2-efficientnet-b0", "tf2-convnext"]

    /// The case of a name; nil where neither `fixtures/` nor the golden folder has it.
    package static func load(_ name: String) throws -> GoldenImport? {
        guard let path = GoldenFolder.path("import/\(name)/case.json") else { return nil }
        let data = try Data(contentsOf: URL(filePath: path))
        return try JSONDecoder().decode(GoldenImport.self, from: data)
    }

    /// The largest difference that is allowed, as a share of the row's largest.
    package var allowed: Float { Float(tolerance ?? 1e-5) }

    /// A file of the case.
    package func path(_ file: String) -> String {
        GoldenFolder.path("import/\(name)/\(file)") ?? ""
    }

    // MARK: Weights

    /// Writes the checkpoint beside the graph, and gives what a user would name.
    package func write(into folder: TemporaryFolder) throws -> String {
        if form == "saved_model" {
            try folder.makeFolder("model/variables")
            try FileManager.default.copyItem(
                atPath: path("saved_model.pb"),
                toPath: folder.path("model/saved_model.pb")
            )
            let objects = [UInt8](try Data(contentsOf: URL(filePath: path("object_graph.pb"))))
            try writeCheckpoint(folder.path("model/variables/variables"), objects: objects)
            return folder.path("model")
        }
        try FileManager.default.copyItem(
            atPath: path("model.ckpt.meta"),
            toPath: folder.path("model.ckpt.meta")
        )
        try writeCheckpoint(folder.path("model.ckpt"))
        return folder.path("model.ckpt.meta")
    }

    package func writeCheckpoint(_ prefix: String, objects: [UInt8]? = nil) throws {
        let writer = try BundleWriter(prefix: prefix)
        for variable in variables ?? [] {
            let count = variable.shape.reduce(1, *)
            if variable.dtype == "float32" {
                let values =
                    variable.recipe == false
                    ? (variable.values ?? []).map { Float($0) } : values(variable)
                try unsafe writer.add(
                    variable.key,
                    .float32,
                    shape: variable.shape,
                    bytes: values.span.bytes
                )
            } else {
                let isLong = variable.dtype == "int64"
                let bytes = [UInt8](repeating: 0, count: count * (isLong ? 8 : 4))
                try unsafe writer.add(
                    variable.key,
                    isLong ? .int64 : .int32,
                    shape: variable.shape,
                    bytes: bytes.span.bytes
                )
            }
        }
        if let objects {
            try writer.add("_CHECKPOINTABLE_OBJECT_GRAPH", shape: [], strings: [objects])
        }
        try writer.finish()
    }

    private func values(_ variable: Variable) -> [Float] {
        let draws = Uniform.values(salt + variable.key, count: variable.shape.reduce(1, *))
        var path = variable.key
        if let end = path.range(of: "/.ATTRIBUTES") { path = String(path[..<end.lowerBound]) }
        var parts = path.split(separator: "/").map { String($0) }
        if let last = parts.last, last == "ExponentialMovingAverage" || last == "EMA" {
            parts.removeLast()
        }
        func scaled(_ fanIn: Int) -> [Float] {
            let limit = Float((6 / Double(fanIn)).squareRoot())
            return draws.map { (2 * $0 - 1) * limit }
        }
        switch parts.last {
        case "depthwise_kernel", "depthwise_weights":
            return scaled(variable.shape[0] * variable.shape[1])
        case "kernel", "weights", "pointwise_kernel", "pointwise_weights", "w":
            return scaled(variable.shape.dropLast().reduce(1, *))
        case "gamma": return draws.map { (0.75 + 0.5 * $0) * (gamma_gain ?? 1) }
        case "moving_variance", "variance": return draws.map { 0.75 + 0.5 * $0 }
        default: return draws.map { ($0 - 0.5) * 0.2 }
        }
    }

    // MARK: Pictures

    /// Noise, and squares.
    package var pictures: [Float] {
        let size = input_shape[1]
        let noise = Uniform.values(salt + "input", count: size * size * 3)
        let coarse = (size + 15) / 16
        let squares = Uniform.values(salt + "input/coarse", count: coarse * coarse * 3)
        var values = noise
        for y in 0..<size {
            for x in 0..<size {
                for channel in 0..<3 {
                    values.append(squares[((y / 16) * coarse + x / 16) * 3 + channel])
                }
            }
        }
        return values.map { $0 * input_scale[1] + input_scale[0] }
    }

    /// The pictures as a tensor.
    package func tensor() throws -> ReferenceTensor { try ReferenceTensor(input_shape, pictures) }

    /// What TensorFlow computed.
    package func expected(_ file: String) throws -> ReferenceTensor {
        try ReferenceTensor(npy: path(file))
    }
}

extension ReferenceTensor {
    /// The largest difference of a value from another's, over the largest of the other's row.
    package func largestRowError(from other: ReferenceTensor) -> Float {
        guard shape == other.shape, let rows = shape.first, rows > 0 else { return .infinity }
        let (ours, theirs) = (values, other.values)
        let width = ours.count / rows
        return (0..<rows).map { row in
            let range = (row * width)..<((row + 1) * width)
            let scale = theirs[range].map(abs).max() ?? 0
            let error = zip(ours[range], theirs[range]).map { abs($0 - $1) }.max() ?? .infinity
            // A NaN is no small error.
            return error.isNaN ? .infinity : error / max(scale, .leastNormalMagnitude)
        }.max() ?? .infinity
    }

    /// The place of the largest value of each row.
    package var rowMaxima: [Int] {
        guard let rows = shape.first, rows > 0 else { return [] }
        let values = values
        let width = values.count / rows
        return (0..<rows).map { row in
            (0..<width).max { values[row * width + $0] < values[row * width + $1] } ?? -1
        }
    }
}
