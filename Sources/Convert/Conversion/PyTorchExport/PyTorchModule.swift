internal import Engine
public import Networks
public import Pictures

/// A network as a small Python file for PyTorch, to go on from.
///
/// The file defines only what the network has, under the names of ``TimmNames``, and loads the safetensors file beside it.
public struct PyTorchModule: Sendable {
    /// The Python text.
    public let text: String

    /// Describes a network whose weights lie in a file of this name.
    ///
    /// - Parameters:
    ///   - configuration: The network.
    ///   - preprocessing: How its pictures are prepared.
    ///   - weights: The name of the safetensors file beside the Python file.
    /// - Throws: ``ConversionError/graph(_:)`` if there is no such network.
    public init(
        _ configuration: ModelConfiguration,
        preprocessing: Preprocessing,
        weights: String
    ) throws(ConversionError) {
        let parts = PyTorchParts(configuration)
        let counts: [Int]
        do throws(GraphError) { counts = try configuration.blockCounts() } catch {
            throw .graph(error)
        }
        var pieces = [
            Self.head(configuration, preprocessing, weights), PyTorchParts.basics,
        ]
        pieces += parts.layers
        pieces.append(parts.bottleneck)
        pieces.append(PyTorchParts.blocks)
        if configuration.version == 2 {
            pieces.append(PyTorchParts.stemBranches)
            pieces.append(PyTorchParts.bigLittle)
        }
        pieces.append(Self.network(configuration, counts, preprocessing))
        pieces.append(Self.tail)
        text = pieces.joined(separator: "\n\n\n") + "\n"
    }

    private static func head(
        _ model: ModelConfiguration,
        _ preprocessing: Preprocessing,
        _ weights: String
    ) -> String {
        let size = preprocessing.imageSize
        let means = preprocessing.means
        let scale = preprocessing.scale == 1 ? "0...255" : "0...1"
        return #"""
            """ResNet-\#(model.size) of the Assemble-ResNet family, \#(model.classes) classes; written by Reassemble convert.

            Input: float32 [batch, 3, \#(size), \#(size)], RGB \#(scale) less MEANS (preprocessing \#(preprocessing.name)).
            Output: logits [batch, \#(model.classes)].

                model = load()
                logits = model(pictures)
            """

            import os

            import torch
            import torch.nn.functional as F
            from safetensors.torch import load_file
            from torch import nn

            WEIGHTS = \#(quoted(weights))
            MEANS = (\#(means.red), \#(means.green), \#(means.blue))
            """#
    }

    /// Text between marks, as Python reads it.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case "\0"..<" ":
                let digits = String(scalar.value, radix: 16)
                result += "\\x" + String(repeating: "0", count: 2 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    private static func network(
        _ model: ModelConfiguration,
        _ counts: [Int],
        _ preprocessing: Preprocessing
    ) -> String {
        var setup: [String] = []
        var steps: [String] = []
        let width = model.width
        if model.usesResNetD {
            let half = width / 2
            setup.append(
                """
                self.conv1 = nn.Sequential(
                    conv(3, \(half), 3, 2), norm(\(half)), nn.ReLU(),
                    conv(\(half), \(half), 3), norm(\(half)), nn.ReLU(),
                    conv(\(half), \(width), 3))
                """
            )
        } else {
            setup.append("self.conv1 = conv(3, \(width), 7, 2)")
        }
        setup.append("self.bn1 = norm(\(width))")
        steps.append("x = F.relu(self.bn1(self.conv1(x)))")
        if model.version == 2 {
            setup.append("self.stem = Stem(\(width), \(width / model.alpha))")
            steps.append("x = self.stem(x)")
        } else {
            steps.append("x = max_pool(x)")
        }
        var inputs = width
        for (index, stride) in model.groupStrides.enumerated() {
            let filters = width << index
            let name = "self.layer\(index + 1)"
            if model.version == 2, index < 3 {
                setup.append(
                    "\(name) = BigLittle(\(inputs), \(filters), \(filters / model.alpha), "
                        + "big=\(counts[index] - 1), little=\(model.littleBlockCounts[index]), "
                        + "stride=\(stride))"
                )
            } else {
                setup.append(
                    "\(name) = blocks(\(inputs), \(filters), \(counts[index]), \(stride))"
                )
            }
            inputs = 4 * filters
            steps.append("x = \(name)(x)")
        }
        var features = inputs
        switch model.pooling {
        case .average: steps.append("x = x.mean((2, 3), keepdim=True)")
        case .generalizedMean:
            steps.append("x = x.clamp(1e-6, 1e12)")
            steps.append(
                "x = ((x ** 3).sum((2, 3), keepdim=True).clamp(min=1e-6) / "
                    + "(x.shape[2] * x.shape[3])) ** (1 / 3)"
            )
        case .flatten:
            let side = preprocessing.imageSize / model.totalStride
            features *= side * side
            steps.append("x = x.permute(0, 2, 3, 1).flatten(1)[:, :, None, None]")
        }
        if model.embeddingSize > 0 {
            setup.append("self.embedding = Embedding(\(features), \(model.embeddingSize))")
            steps.append("x = F.relu(self.embedding(x))")
            features = model.embeddingSize
        }
        setup.append("self.fc = nn.Linear(\(features), \(model.classes))")
        steps.append("return self.fc(x.flatten(1))")
        func indented(_ lines: [String]) -> String {
            lines.flatMap { $0.split(separator: "\n") }.map { "        \($0)" }
                .joined(separator: "\n")
        }
        return """
            class Network(nn.Module):
                def __init__(self):
                    super().__init__()
            \(indented(setup))

                def forward(self, x):
            \(indented(steps))
            """
    }

    private static let tail = """
        def load(path=os.path.join(os.path.dirname(os.path.abspath(__file__)), WEIGHTS)):
            \"""The network with its weights, ready for inference.\"""
            model = Network()
            found = model.load_state_dict(load_file(path), strict=False)
            missing = [name for name in found.missing_keys if not name.endswith("num_batches_tracked")]
            if missing or found.unexpected_keys:
                raise ValueError(f"{path}: missing {missing}, unexpected {found.unexpected_keys}")
            return model.eval()
        """
}
