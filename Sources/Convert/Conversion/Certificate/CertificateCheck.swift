public import Checkpoint
internal import Engine
internal import Foundation
internal import Networks
internal import Pictures
internal import Proto
internal import Reference

/// A certificate held against files.
public struct CertificateCheck: Sendable {
    /// What differs, a sentence each; none if all is as it was.
    public private(set) var faults: [String] = []
    /// What was checked and found right, a sentence each.
    public private(set) var findings: [String] = []
    /// The logits of the fixed pictures, computed again with the weights of the result.
    public private(set) var logits: LogitComparison?

    /// Checks the files, the tensors and the logits.
    ///
    /// - Parameters:
    ///   - certificate: The certificate.
    ///   - path: Where it was read from.
    ///   - source: Where the source is now; nil for where the certificate says. A source that is not there is not checked.
    ///   - target: Where the result is now; nil for where the certificate says.
    ///   - open: Opens the tensors of a result at a path: nothing for formats that do not store them one by one.
    /// - Throws: ``ConversionError`` if the result cannot be read.
    public init(
        _ certificate: Certificate,
        path: String,
        source: String?,
        target: String?,
        open: (_ target: String) throws -> [any TensorSource]
    ) throws {
        let folder = RelativePath.folder(of: path)
        let result = target ?? RelativePath.resolve(certificate.result.path, from: folder)
        let origin = source ?? RelativePath.resolve(certificate.source.path, from: folder)
        if source != nil || certificate.source.files.allSatisfy({ isThere(origin + $0.ending) }) {
            try check(certificate.source, at: origin, "the source")
        } else {
            findings.append("the source is not at \(origin), so it is not checked")
        }
        let isWhole = try check(certificate.result, at: result, "the result")
        // Damaged files may not even open, and what differs has been said.
        guard isWhole else { return }
        for tensors in try open(result) {
            try check(certificate.tensors, in: tensors)
            try check(certificate, in: tensors)
        }
        if let answers = certificate.answers {
            let (faults, findings) = try answers.check(result)
            self.faults += faults
            self.findings += findings
        }
    }

    /// Whether everything is as the certificate says.
    public var isPassed: Bool { faults.isEmpty }

    private func isThere(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    @discardableResult
    private mutating func check(
        _ side: Certificate.Side,
        at path: String,
        _ name: String
    ) throws -> Bool {
        let before = faults.count
        for file in side.files {
            let place = path + file.ending
            guard isThere(place) else {
                faults.append("\(place): missing")
                continue
            }
            let size = try MappedFile(path: place).count
            if size != file.bytes {
                faults.append("\(place): \(size) bytes, the certificate says \(file.bytes)")
            } else if try Certificate.digest(place) != file.sha256 {
                faults.append("\(place): other bytes than the certificate's")
            }
        }
        if faults.count == before {
            findings.append("\(name): \(side.files.count) files are the certificate's: \(path)")
        }
        return faults.count == before
    }

    private mutating func check(
        _ tensors: [Certificate.Tensor],
        in source: any TensorSource
    ) throws {
        let before = faults.count
        for tensor in tensors {
            guard let found = source.tensor(named: tensor.name) else {
                faults.append("\(tensor.name): missing")
                continue
            }
            guard found.dataType.name == tensor.dtype, found.shape == tensor.shape else {
                faults.append(
                    "\(tensor.name): \(found.dataType.name)\(found.shape), the certificate says "
                        + "\(tensor.dtype)\(tensor.shape)"
                )
                continue
            }
            if try Certificate.digest(found, of: source) != tensor.sha256 {
                faults.append("\(tensor.name): other values than the certificate's")
            }
        }
        let extra = source.tensors.count - tensors.count
        if extra > 0 { faults.append("\(extra) tensors are not in the certificate") }
        if faults.count == before {
            findings.append("\(tensors.count) tensors have the certificate's values")
        }
    }

    /// Computes the fixed pictures with the weights that the result has.
    private mutating func check(
        _ certificate: Certificate,
        in source: any TensorSource
    ) throws {
        guard let network = certificate.network else { return }
        guard let model = network.settings.configuration,
            let set = WeightSet(rawValue: network.weights),
            Preprocessing.imageSizes.contains(network.imageSize),
            (1...64).contains(network.logits.count),
            network.logits.allSatisfy({ $0.count == model.classes })
        else {
            faults.append("the certificate's network is not known")
            return
        }
        let family = try FamilyNetwork(model, imageSize: network.imageSize)
        let names = Dictionary(certificate.tensors.map { (Name($0.source), $0.name) }) { first, _ in
            first
        }
        let timmNames = TimmNames(family).byVariable
        var weights = Weights()
        for variable in VariableNames(family).variables {
            let isAverage = set == .movingAverages && variable.isTrainable
            let origin =
                isAverage ? "\(variable.name)/\(VariableNames.movingAverage)" : variable.name
            let hasOutputsFirst =
                timmNames[variable.name] == names[Name(origin)]
                && (variable.shape.count == 2 || variable.shape.count == 4)
            guard let name = names[Name(origin)], let entry = source.tensor(named: name),
                entry.shape
                    == (hasOutputsFirst
                        ? KernelLayout.outputsFirst(variable.shape) : variable.shape)
            else {
                faults.append("\(variable.name): the network lacks it")
                return
            }
            let tensor = try WeightTensor(entry, of: source)
            weights[variable.parameter.key] = hasOutputsFirst ? tensor.withOutputsLast : tensor
        }
        let pictures = FixedPictures.values(
            network.logits.count,
            height: network.imageSize,
            width: network.imageSize
        )
        let found = try GraphProof.logits(family.graph, weights, pictures)
        let expected = network.logits.flatMap { $0 }
        let comparison = LogitComparison(expected, found, classes: model.classes)
        logits = comparison
        let text =
            "logits of \(comparison.pictureCount) fixed pictures: largest difference "
            + "\(comparison.largestDifference), relative \(comparison.largestRelativeDifference)"
        if comparison.isPassed {
            findings.append(text)
        } else {
            faults.append("\(text), \(LogitComparison.tolerance) is allowed")
        }
    }
}
