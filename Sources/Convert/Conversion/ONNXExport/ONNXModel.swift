internal import Engine
package import Formats
internal import Networks
internal import Proto

/// A graph of ONNX operators that is ready to be written; weights are fetched while it is.
package struct ONNXModel: Sendable {
    /// A constant of the graph.
    struct Initializer: Sendable {
        /// Where its bytes come from.
        enum Content: Sendable {
            /// They are known.
            case bytes([UInt8])
            /// A parameter of the network in the order given.
            case parameter(ParameterKey, KernelOrder)
            /// The kernel of a convolution that a batch norm is multiplied into.
            case foldedKernel(node: String, Convolution, KernelOrder)
            /// What is left of that batch norm.
            case foldedBias(node: String, Convolution)
            /// A constant of an imported graph as one of this shape, its axes in an order; nil: in their own.
            case array(GraphConstant, shape: [Int], order: [Int]?)
            /// The same, each part of the first axis multiplied by a factor.
            case scaledArray(GraphConstant, shape: [Int], order: [Int]?, factors: [Double])
        }

        let name: String
        let element: ONNXElement
        let shape: [Int]
        let content: Content

        var byteCount: Int { shape.reduce(element.byteCount, *) }
    }

    /// The operators; every one stands behind its inputs.
    package internal(set) var nodes: [ONNXNode] = []
    var initializers: [Initializer] = []
    package internal(set) var inputs: [ONNXValue] = []
    package internal(set) var outputs: [ONNXValue] = []
    /// Texts that the file carries.
    package var metadata: [String: String] = [:]

    /// The text that names the value which is the pictures as the network takes them, where the model prepares them.
    static let preparedPictures = ImportedGraph.preparedPictures
    /// The version of the operators.
    package internal(set) var operatorSet = 17
    /// The version of the format that came with it.
    static let formatVersion = 8
}

/// The order in which a kernel's values are exported, where it is not TensorFlow's.
struct KernelOrder: Equatable, Sendable {
    /// `[height, width, input, output]` becomes `[output, input, height, width]`.
    var outputsFirst = false
    /// The inputs are the pixels of a flattened picture of this area, channels fastest; they become channel by channel.
    var flattenedArea = 1
}

extension ONNXModel.Initializer.Content {
    /// The bytes, little-endian.
    ///
    /// - Throws: ``ConversionError/engine(_:)``.
    func bytes(
        _ weights: Weights,
        shape: [Int]
    ) throws(ConversionError) -> [UInt8] {
        switch self {
        case .bytes(let bytes): return bytes
        case .parameter(let key, let order):
            guard let tensor = weights[key] else {
                throw .engine(.missingParameter(key))
            }
            return order.arranged(tensor.values, tensor.shape)
        case .foldedKernel(let node, let layer, let order):
            let folded = try Self.folded(node, layer, weights)
            return order.arranged(folded.kernelValues, layer.kernelShape)
        case .foldedBias(let node, let layer):
            let folded = try Self.folded(node, layer, weights)
            return KernelOrder().arranged(folded.biasValues ?? [], shape)
        case .array(let constant, let shape, let order):
            return try constant.bytes(shape, order)
        case .scaledArray(let constant, let shape, let order, let factors):
            var bytes = try constant.bytes(shape, order)
            let each = bytes.count / 4 / max(factors.count, 1)
            unsafe bytes.withUnsafeMutableBytes { buffer in
                let values = unsafe buffer.bindMemory(to: Float.self)
                for (part, factor) in factors.enumerated() {
                    for index in (part * each)..<((part + 1) * each) {
                        unsafe values[index] = Float(Double(values[index]) * factor)
                    }
                }
            }
            return bytes
        }
    }

    private static func folded(
        _ node: String,
        _ layer: Convolution,
        _ weights: Weights
    ) throws(ConversionError) -> FoldedKernel {
        do throws(EngineError) {
            return try FoldedKernel(of: node, layer, weights: weights)
        } catch {
            throw .engine(error)
        }
    }
}

extension KernelOrder {
    /// The bytes of values in this order.
    func arranged(_ values: [Float], _ shape: [Int]) -> [UInt8] {
        var values = values
        if flattenedArea > 1 {
            let inputs = shape[shape.count - 2]
            let outputs = shape[shape.count - 1]
            let channels = inputs / flattenedArea
            var sorted: [Float] = []
            sorted.reserveCapacity(values.count)
            for channel in 0..<channels {
                for pixel in 0..<flattenedArea {
                    let row = (pixel * channels + channel) * outputs
                    sorted += values[row..<(row + outputs)]
                }
            }
            values = sorted
        }
        return unsafe values.withUnsafeBytes { bytes in
            guard outputsFirst else { return unsafe [UInt8](bytes) }
            return unsafe KernelLayout.outputsFirst(bytes, shape: shape, width: 4)
        }
    }
}
