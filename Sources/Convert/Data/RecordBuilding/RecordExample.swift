internal import Pictures
internal import Proto

/// The features that the published builders write for a picture.
enum RecordExample {
    private static let height = "image/height"
    private static let width = "image/width"
    private static let format = "image/format"
    private static let colourSpace = "image/colorspace"
    private static let channels = "image/channels"
    private static let synset = "image/class/synset"
    private static let text = "image/class/text"
    private static let box = "image/object/bbox/"

    /// A serialized Example.
    ///
    /// ImageNet's have all features; the others' have the picture, its extents, format and class, and the file's name besides,
    /// by which logits are found.
    static func serialized(
        _ picture: ListedPicture,
        _ stored: StoredPicture,
        logits: [Float]?
    ) -> [UInt8] {
        var example = Example()
        func text(_ value: String) -> Example.Feature { .bytes([Array(value.utf8)]) }
        example[height] = .integers([Int64(stored.size.height)])
        example[width] = .integers([Int64(stored.size.width)])
        example[ExampleKey.label] = .integers([Int64(picture.label)])
        example[ExampleKey.filename] = text(picture.name)
        if let synset = picture.synset {
            example[format] = text("JPEG")
            example[colourSpace] = text("RGB")
            example[channels] = .integers([3])
            example[Self.synset] = text(synset)
            example[Self.text] = text(picture.text ?? "")
            for (name, side) in [
                ("xmin", \ListedPicture.Box.left), ("xmax", \.right), ("ymin", \.top),
                ("ymax", \.bottom),
            ] {
                example[box + name] = .floats(picture.boxes.map { Float($0[keyPath: side]) })
            }
            example[box + "label"] = .integers(picture.boxes.map { _ in Int64(picture.label) })
        } else {
            example[format] = text(stored.format)
        }
        if let logits { example[TeacherLogits.full] = .floats(logits) }
        example[ExampleKey.encoded] = .bytes([stored.bytes])
        return example.serialized
    }
}
