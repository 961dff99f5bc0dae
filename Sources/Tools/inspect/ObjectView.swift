import Checkpoint
import Convert
import ToolSupport

/// The objects of a TensorFlow 2 checkpoint, with the paths that lead to their values.
struct ObjectView {
    private let objects: CheckpointObjects

    init?(_ source: any TensorSource) throws {
        guard let found = try ToolError.about(nil, { try CheckpointObjects(source) }) else {
            return nil
        }
        objects = found
    }

    /// The paths, in the order of their names, slots behind the others.
    private var values: [CheckpointObjects.Value] {
        objects.values.sorted {
            ($0.isSlot ? 1 : 0, $0.path, $0.attribute) < ($1.isSlot ? 1 : 0, $1.path, $1.attribute)
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
    var faults: [String] {
        objects.missing.map {
            "the object '\($0.path)' names the tensor '\($0.key)', which is not in the checkpoint"
        }
            + objects.danglingReferences.map {
                "the graph of objects refers to object \($0), which does not exist"
            }
    }

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
