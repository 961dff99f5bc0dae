import Checkpoint
import Data
import Engine
import ToolSupport

/// What the network says of one picture.
struct Prediction: Codable {
    private struct Class: Codable {
        let index: Int
        let probability: Double
        let name: String?
    }

    /// Its place among those that are written.
    var index: Int
    private let file: String
    private let record: Int?
    private let name: String?
    private let label: Int?
    private let top: [Class]

    init(
        _ logits: ArraySlice<Float>,
        index: Int,
        _ picture: LabelledPicture,
        label: Int?,
        names: [Int: String]
    ) {
        self.index = index
        file = picture.origin.file
        record = picture.origin.record
        name = picture.name?.description
        self.label = label
        let values = Array(logits)
        let probabilities = Probabilities.softmax(values)
        // Of equal logits the smaller class comes first, as TensorFlow has it.
        let order = values.indices.sorted { (values[$1], $0) < (values[$0], $1) }
        top = order.prefix(5).map { index in
            Class(index: index, probability: probabilities[index], name: names[index])
        }
    }

    /// The picture's name and its five most probable classes, a line each.
    var text: String {
        var text = "\(file)\n"
        for entry in top {
            let name = entry.name.map { "  \($0)" } ?? ""
            text += "  \(fixed(entry.probability, digits: 6))  class \(entry.index)\(name)\n"
        }
        return text
    }

    /// The same as JSON.
    var json: JSONValue {
        .object([
            .init("file", .text(file)),
            .init("record", record.map { .integer($0) } ?? .null),
            .init("index", .integer(index)),
            .init("name", .text(orNull: name)),
            .init("label", label.map { .integer($0) } ?? .null),
            .init(
                "top",
                .array(
                    top.map { entry in
                        .object([
                            .init("class", .integer(entry.index)),
                            .init("probability", .figure(entry.probability)),
                            .init("name", .text(orNull: entry.name)),
                        ])
                    }
                )
            ),
        ])
    }
}
