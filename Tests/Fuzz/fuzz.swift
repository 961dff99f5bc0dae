import Checkpoint
import Convert
import Data
import Engine
import Formats
import Foundation
import Networks
import Proto

// Feeds each input to one of the readers. Built by run.sh with libFuzzer and the address sanitizer.

/// Which reader is tried.
private let target = ProcessInfo.processInfo.environment["FUZZ_TARGET"] ?? "table"
/// Where readers that take files find them, in memory.
private let folder = ProcessInfo.processInfo.environment["FUZZ_FOLDER"] ?? "/dev/shm"

/// What libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
    do { try read(bytes) } catch {}
    return 0
}

private func file(_ bytes: [UInt8], _ name: String) throws -> String {
    let path = "\(folder)/\(name)"
    try Data(bytes).write(to: URL(filePath: path))
    return path
}

private func read(_ bytes: [UInt8]) throws {
    switch target {
    case "table", "bundle": try bundle(bytes)
    case "v1":
        let reader = try LegacyReader(path: file(withRepairedChecksums(bytes), "v1"))
        for tensor in reader.tensors {
            if tensor.dataType == .string {
                _ = try? reader.strings(of: tensor)
            } else {
                _ = try? reader.bytes(of: tensor)
            }
        }
    case "record":
        // As it is, then with right checksums, which lead to what lies behind them.
        try? records(bytes)
        try records(withRepairedRecords(bytes))
    case "example":
        var example = try Example(unsafe bytes.span.bytes)
        for name in example.names where example[name] == nil { preconditionFailure(name) }
        example["new"] = .integers([1])
        guard try Example(unsafe example.serialized.span.bytes)["new"] == .integers([1]) else {
            preconditionFailure("the rewritten example differs")
        }
    case "event": _ = try Event(unsafe bytes.span.bytes)
    case "state": _ = try CheckpointState(path: file(bytes, "checkpoint"))
    case "meta":
        _ = try MetaGraph(unsafe bytes.span.bytes).variables()
    case "objects":
        let graph = try ObjectGraph(unsafe bytes.span.bytes)
        _ = try graph.paths()
        _ = graph.danglingReferences
    case "graph":
        let left = try LeftContents(unsafe bytes.span.bytes, .graph)
        _ = try GraphDef(unsafe left.message.span.bytes)
    case "saved-model":
        let left = try LeftContents(unsafe bytes.span.bytes, .savedModel)
        for meta in try SavedModel(unsafe left.message.span.bytes).metaGraphs {
            _ = try meta.variables()
        }
    case "pbtxt":
        for kind in [MessageText.Kind.graph, .metaGraph, .savedModel] {
            guard let message = try? MessageText.bytes(bytes, kind) else { continue }
            switch kind {
            case .graph: _ = try? GraphDef(unsafe message.span.bytes)
            case .metaGraph: _ = try? MetaGraph(unsafe message.span.bytes)
            case .savedModel: _ = try? SavedModel(unsafe message.span.bytes)
            }
        }
    case "safetensors":
        let path = try file(bytes, "x.safetensors")
        _ = try? SafeTensorsOutline(path: path)
        try all(of: SafeTensorsReader(path: path))
    case "npz":
        let path = try file(bytes, "x.npz")
        _ = try? ArchiveOutline(path: path)
        try all(of: NPZReader(path: path))
    case "npy":
        let path = try file(bytes, "x.npy")
        _ = try? NPYReader(path: path)
        try all(of: SingleArray(path: path))
    case "mat": _ = try MATFile(bytes, path: "x.mat", keeping: nil)
    case "csv":
        let path = try file(bytes, "x.csv")
        _ = try? PictureLogits(csv: [path])
        _ = try LogitTable(csv: path, classes: nil)
    case "hparams":
        // Foundation loses four kilobytes where it reads an empty file.
        guard !bytes.isEmpty else { return }
        let flags = try RecordedFlags(path: file(bytes, "hparams.json"))
        _ = try? ModelRequest().settleUntold(ModelConfiguration(), nil, flags)
        _ = try InputConvention(InputRequest(), recorded: flags)
    case "certificate":
        let path = try file(bytes, "x.json")
        _ = try CertificateCheck(Certificate(path: path), path: path, source: nil, target: nil) {
            _ in []
        }
    case "partial":
        // As it is, then with the right digest at its end.
        _ = try? PartialFile.read(file(bytes, "x.part"))
        var digest = SHA256()
        unsafe digest.update(bytes.span.bytes)
        let part = try PartialFile.read(file(bytes + digest.finish(), "x.part"))
        _ = try PartialEvaluation.merged([("a", part), ("b", part)])
    case "import": try imported(file(bytes, "graph.pb"))
    case "onnx":
        let path = try file(bytes, "x.onnx")
        _ = ONNXOutline(unsafe bytes.span.bytes)
        if let constants = try? ONNXConstants(path: path) { try all(of: constants) }
        _ = try? NetworkDrawing(onnx: path)
        try imported(path)
    case "import-model":
        try FileManager.default.createDirectory(
            atPath: folder + "/model",
            withIntermediateDirectories: true
        )
        _ = try file(bytes, "model/saved_model.pb")
        try imported(folder + "/model")
    default: preconditionFailure("there is no target \(target)")
    }
}

/// Reads all tensors.
private func all(of source: some TensorSource) throws {
    for tensor in source.tensors {
        guard source.tensor(named: tensor.name) != nil || tensor.key != Array(tensor.name.utf8)
        else {
            preconditionFailure("\(tensor.name) is listed and not found")
        }
        _ = try? source.bytes(of: tensor, verifies: tensor.offset % 2 == 0)
    }
}

/// Takes a graph for a network, and looks at it.
private func imported(_ path: String) throws {
    let source = try GraphSource(path)
    _ = try? ImportedGraph.outline(source)
    let graph = try ImportedGraph(source)
    _ = (graph.parameters, graph.operations, graph.batch)
}

private func records(_ bytes: [UInt8]) throws {
    let reader = try RecordReader(path: file(bytes, "record"))
    while reader.canContinue {
        guard let record = try reader.next() else { return }
        _ = try? Example(unsafe record.bytes.array.span.bytes)
    }
}

private func bundle(_ bytes: [UInt8]) throws {
    // The index is the input, its checksums put right; the data file is always the same.
    _ = try file(target == "table" ? bytes : withRepairedChecksums(bytes), "m.index")
    _ = try file([UInt8](repeating: 1, count: 4096), "m.data-00000-of-00001")
    let reader = try BundleReader(prefix: folder + "/m")
    for tensor in reader.tensors {
        if tensor.dataType == .string {
            _ = try? reader.strings(of: tensor)
        } else {
            _ = try? reader.bytes(of: tensor, verifies: tensor.offset % 2 == 0)
        }
    }
}
