import Checkpoint
import Convert
import Proto
import ToolSupport

/// The objects of a TensorFlow 2 checkpoint, with the paths that lead to their values.
struct ObjectView {
    private let objects: CheckpointObjects

    /// Reads the graph; one that cannot be read is told, and the tensors are shown without it.
    init?(_ source: any TensorSource, _ diagnostics: Diagnostics) {
        do throws(CheckpointError) {
            guard let found = try CheckpointObjects(source) else { return nil }
            objects = found
        } catch {
            diagnostics.warning("\(error)")
            return nil
        }
    }

    /// The paths, in the order of their names, slots behind the others.
    private var values: [CheckpointObjects.Value] {
        objects.values.sorted {
            ($0.isSlot ? 1 : 0, Name($0.path), Name($0.attribute))
                < ($1.isSlot ? 1 : 0, Name($1.path), Name($1.attribute))
        }
    }

    var text: String {
        var text =
            "\nobjects: \(grouped(objects.objectCount)), with \(grouped(objects.values.count)) values, "
            + "\(grouped(objects.values.filter(\.isSlot).count)) of them slots\n"
        var table = Table([.left, .left, .left], titles: ["object", "is", "tensor"])
        for value in values {
            table.append([
                value.path.isEmpty ? "(root)" : value.path,
                value.isSlot ? "slot" : value.attribute,
                value.key + (value.isThere ? "" : "  ! is not in the checkpoint"),
            ])
        }
        text += table.text
        for name in objects.unnamed { text += "no object holds \(name)\n" }
        return text
    }

    /// What is wrong with the graph of objects, a sentence each.
    var faults: [String] { objects.faults }

    var members: [JSONValue.Member] {
        [
            .init(
                "objects",
                .array(
                    values.map { value in
                        [
                            "path": .text(value.path), "attribute": .text(value.attribute),
                            "full_name": .text(value.fullName), "tensor": .text(value.key),
                            "present": .bool(value.isThere), "slot": .bool(value.isSlot),
                        ]
                    }
                )
            ),
            .init("without_object", .array(objects.unnamed.map { .text($0) })),
        ]
    }
}
