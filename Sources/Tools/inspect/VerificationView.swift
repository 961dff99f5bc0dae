import Networks
import Formats
import Checkpoint
import Convert
import Foundation
import ToolSupport

/// Whether a checkpoint is whole, and what of it survives.
struct VerificationView {
    private let view: OpenTensors

    init(_ view: OpenTensors) { self.view = view }

    func run() throws -> ExitCode {
        let found = CheckpointVerification(
            view.source,
            unread: view.unread,
            threads: view.options[RunOptions.threads]
        )
        if view.options[RunOptions.json] {
            try StandardOutput.write(
                document("checkpoint", view.path, members(found))
            )
            return found.isIntact ? .done : .file
        }
        for fault in found.faults { try StandardOutput.line("fault: \(fault.reason)") }
        for gap in found.gaps { try StandardOutput.line("gap: \(gap.reason)") }
        try StandardOutput.line(
            found.isIntact
                ? "\(view.path): whole: \(grouped(found.intact.count)) tensors, "
                    + "\(byteText(Int(found.byteCount)))"
                    + (found.hasChecksums
                        ? ", every checksum is right" : "; the format has no checksums")
                : "\(view.path): broken: \(grouped(found.faults.count)) faults; "
                    + "\(grouped(found.intact.count)) tensors survive, "
                    + "\(grouped(found.lost.count)) are lost"
        )
        return found.isIntact ? .done : .file
    }

    private func members(_ found: CheckpointVerification) -> [JSONValue.Member] {
        func list(_ faults: [CheckpointVerification.Fault]) -> JSONValue {
            .array(
                faults.map { fault in
                    [
                        "tensor": .text(orNull: fault.tensor),
                        "shard": fault.shard.map { .integer($0) } ?? .null,
                        "offset": fault.offset.map { .integer(Int($0)) } ?? .null,
                        "reason": .text(fault.reason),
                    ]
                }
            )
        }
        return [
            .init("intact", .bool(found.isIntact)), .init("faults", list(found.faults)),
            .init("gaps", list(found.gaps)), .init("bytes", .integer(Int(found.byteCount))),
            .init("survivors", .array(found.intact.map { .text($0) })),
            .init("lost", .array(found.lost.map { .text($0) })),
        ]
    }

    /// Writes what can be read as a new checkpoint.
    func salvage(to prefix: String) throws -> ExitCode {
        let index = prefix + ".index"
        guard view.path != prefix else {
            throw ToolError(.usage, file: prefix, "this is the damaged checkpoint itself")
        }
        guard view.options[RunOptions.force] || !FileManager.default.fileExists(atPath: index)
        else { throw ToolError(.file, file: index, "it exists; --force replaces it") }
        let found = try ToolError.about(nil) { try CheckpointSalvage(view.source, to: prefix) }
        if view.options[RunOptions.json] {
            let lost = found.lost.map { entry -> JSONValue in
                ["tensor": .text(entry.name), "reason": .text(entry.reason)]
            }
            try StandardOutput.write(
                document(
                    "salvage",
                    view.path,
                    [
                        .init("output", .text(prefix)),
                        .init("saved", .array(found.saved.map { .text($0) })),
                        .init("lost", .array(lost)),
                    ]
                )
            )
        } else {
            for entry in found.lost {
                try StandardOutput.line("lost: \(entry.name): \(entry.reason)")
            }
            try StandardOutput.line(
                found.saved.isEmpty
                    ? "nothing can be read; \(prefix) was not written"
                    : "\(prefix): \(grouped(found.saved.count)) tensors written, "
                        + "\(grouped(found.lost.count)) lost"
            )
        }
        return found.lost.isEmpty ? .done : .file
    }
}
