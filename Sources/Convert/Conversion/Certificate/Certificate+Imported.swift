internal import Checkpoint
public import Networks
internal import Proto
internal import Reference

extension Certificate {
    /// An imported network, and what it makes of fixed inputs.
    public struct Answers: Codable, Equatable, Sendable {
        /// How the fixed inputs are made.
        public var rule: String
        /// Whether moving averages are the weights: `raw` or `ema`.
        public var weights: String
        /// What goes in.
        public var inputs: [Port]
        /// What comes out.
        public var outputs: [Output]
    }

    /// A tensor that goes in or comes out.
    public struct Port: Codable, Equatable, Sendable {
        /// What the network's signature calls it.
        public var name: String
        /// Where it is in the graph that was written; nil for formats that hold none.
        public var place: String?
        /// The type of its elements.
        public var dtype: String
        /// Its extents.
        public var shape: [Int]
    }

    /// What comes out, and its values.
    public struct Output: Codable, Equatable, Sendable {
        /// The tensor.
        public var port: Port
        /// The first values of numbers with a fraction; nil for all else.
        public var values: [Double]?
        /// The digest of all values' bytes in hexadecimal; nil for texts.
        public var sha256: String?
    }

    /// An imported network of a conversion, for the certificate.
    public struct ImportedFacts {
        let graph: InferenceGraph
        let set: WeightSet
        let places: ImportedPlaces?

        /// The network's facts.
        ///
        /// - Parameters:
        ///   - graph: The network.
        ///   - set: Which values are the weights.
        ///   - places: Where its inputs and outputs are in the graph that was written, for formats that hold one.
        public init(_ graph: InferenceGraph, _ set: WeightSet, places: ImportedPlaces?) {
            self.graph = graph
            self.set = set
            self.places = places
        }
    }
}

/// Where the inputs and outputs of an imported network are in the graph that was written of it.
public struct ImportedPlaces: Equatable, Sendable {
    /// A tensor for each input.
    public let inputs: [String]
    /// A tensor for each output.
    public let outputs: [String]

    init(inputs: [String], outputs: [String]) {
        self.inputs = inputs
        self.outputs = outputs
    }
}

extension Certificate.Answers {
    /// The most values that are written down of one output.
    private static let valueLimit = 1 << 16

    init(
        _ facts: Certificate.ImportedFacts,
        _ plan: ConversionPlan,
        _ source: any TensorSource
    ) throws(ConversionError) {
        let answers = try ImportedAnswers(facts.graph, plan, from: source)
        rule = FixedInputs.rule
        weights = facts.set.rawValue
        inputs = []
        for (index, value) in answers.inputs.enumerated() {
            let place = facts.places?.inputs[index]
            inputs.append(Certificate.Port(facts.graph.inputs[index], at: place, value))
        }
        outputs = []
        for (index, value) in answers.outputs.enumerated() {
            let place = facts.places?.outputs[index]
            outputs.append(
                Certificate.Output(
                    port: Certificate.Port(facts.graph.outputs[index], at: place, value),
                    values: (try? value.floats()).map { Array($0.prefix(Self.valueLimit)) },
                    sha256: value.bytes.map { unsafe SHA256.hex(of: $0.span.bytes) }
                )
            )
        }
    }

    /// Computes a graph that was written on the same inputs.
    ///
    /// - Returns: What differs, a sentence each, and what was found right.
    /// - Throws: what importing it throws, `ReferenceError`.
    func check(_ path: String) throws -> (faults: [String], findings: [String]) {
        let places = (inputs.map(\.place), outputs.map(\.port.place))
        guard !places.0.contains(nil), !places.1.contains(nil) else { return ([], []) }
        var options = ImportOptions()
        options.inputTensor = places.0.compactMap { $0 }.joined(separator: ",")
        options.outputTensor = places.1.compactMap { $0 }.joined(separator: ",")
        let graph = try InferenceGraph(path, options)
        var values: [ReferenceTensor] = []
        for port in graph.inputs {
            let index = inputs.firstIndex { $0.place.map { Name($0) } == Name(port.name) }
            guard let index,
                let type = DataType.allCases.first(where: { $0.name == inputs[index].dtype }),
                let value = FixedInputs.tensor(inputs[index].shape, type, seed: UInt64(index))
            else { return (["\(port.name): the certificate says nothing of it"], []) }
            values.append(value)
        }
        let found = try graph.outputs(of: values)
        guard found.count == outputs.count else {
            return (["\(found.count) outputs, the certificate says \(outputs.count)"], [])
        }
        var (faults, findings): ([String], [String]) = ([], [])
        for (output, value) in zip(outputs, found) {
            if let fault = output.fault(value) {
                faults.append("\(output.port.name): \(fault)")
            } else {
                findings.append("\(output.port.name) has the certificate's values of fixed inputs")
            }
        }
        return (faults, findings)
    }
}

extension Certificate.Port {
    fileprivate init(_ port: InferenceGraph.Port, at place: String?, _ value: ReferenceTensor) {
        name = port.name
        self.place = place
        dtype = value.type.name
        shape = value.shape
    }
}

extension Certificate.Output {
    /// How values differ from those that were written down.
    fileprivate func fault(_ found: ReferenceTensor) -> String? {
        guard found.type.name == port.dtype, found.shape == port.shape else {
            return
                "\(found.type.name)\(found.shape), the certificate says \(port.dtype)\(port.shape)"
        }
        guard let values, let numbers = try? found.floats() else {
            guard let sha256, let bytes = found.bytes else { return nil }
            return unsafe SHA256.hex(of: bytes.span.bytes) == sha256 ? nil : "other values"
        }
        let scale = values.map(\.magnitude).max() ?? 0
        let error = zip(values, numbers).map { ($0 - $1).magnitude }.max() ?? 0
        guard error <= OutputComparison.tolerance * scale else {
            return "largest difference \(error) of \(scale)"
        }
        return nil
    }
}
