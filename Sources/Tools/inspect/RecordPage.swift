import Checkpoint
import Convert
import Foundation
import Proto
import ToolSupport

/// The pictures of a file of records as a page.
struct RecordPage {
    private let path: String

    /// The most pictures on a page, and their bytes.
    private static let pictureLimit = 500
    private static let byteLimit = 64 << 20

    init(_ path: String) { self.path = path }

    func write(to page: String, replacing isReplacing: Bool) throws {
        var body = "<div class=\"sheet\">\n"
        var shown = 0
        var bytes = 0
        let reader = try ToolError.about(nil) { try RecordReader(path: path) }
        while shown < Self.pictureLimit, bytes < Self.byteLimit,
            let record = try ToolError.about(nil, { try reader.next() })
        {
            guard let example = unsafe try? Example(record.bytes.buffer.bytes),
                case .bytes(let values) = example[RecordSummary.pictureKey],
                let picture = values.first
            else { continue }
            var caption = "\(record.index)"
            if case .integers(let labels) = example[RecordSummary.labelKey] {
                caption += ": label " + labels.map(String.init).joined(separator: ", ")
            }
            if case .bytes(let names) = example["image/filename"], let name = names.first {
                caption += " " + String(decoding: name, as: UTF8.self)
            }
            body += "<figure><img alt=\"\" src=\"data:\(PictureEnding(picture).mediaType);base64,"
            body += Data(picture).base64EncodedString()
            body += "\"><figcaption>\(HTMLText.escaped(caption))</figcaption></figure>\n"
            shown += 1
            bytes += picture.count
        }
        body += "</div>\n<p>\(grouped(shown)) pictures.</p>\n"
        let name = path.split(separator: "/").last.map(String.init) ?? path
        try Page.write(title: name, body: body, to: page, replacing: isReplacing)
    }
}
