import Base
import Convert
import Data
import Engine

import Foundation
import ToolSupport

/// The figures of an evaluation as a page.
enum EvaluationPage {
    /// Says before the work rather than behind it that the page cannot be written.
    ///
    /// - Throws: ``ToolError``.
    static func check(_ options: ParsedOptions) throws {
        guard let path = options[EvalOptions.page] else { return }
        _ = try ResultFile(path, replacing: options[RunOptions.force])
    }

    /// Writes the page that the options name, if they name one.
    ///
    /// - Throws: ``ToolError``.
    static func writeIfAsked(
        _ title: String,
        _ body: @autoclosure () -> String,
        _ results: Results,
        _ options: ParsedOptions
    ) throws {
        guard let path = options[EvalOptions.page] else { return }
        var facts = PageTable(["", "value"])
        for row in results.rows { facts.append([row.name, row.text]) }
        try Page.write(
            title: title,
            body: body() + "<h2>All figures, and what they were measured on</h2>\n" + facts.html
                + "<p>As text:</p>\n" + facts.copyable,
            to: path,
            replacing: options[RunOptions.force]
        )
    }

    /// A picture under every corruption and severity that is at hand, a row each.
    static func sheet(_ source: any PictureSource) -> String {
        var source = source
        var clean: String?
        var images: [MeasuredPart: String] = [:]
        while let next = try? source.next() {
            guard let part = MeasuredPart(number: next.part) else { continue }
            let bytes = (try? next.making?()) ?? next.bytes
            let image = Self.image(bytes)
            if part == .clean { clean = image } else { images[part] = image }
        }
        guard !images.isEmpty else { return "" }
        var text = "<h2>A picture under each</h2>\n"
        if let clean {
            text += "<table class=\"pictures\"><tr><td>clean</td><td>\(clean)</td></tr></table>\n"
        }
        text += "<table class=\"pictures\">\n<tr><th></th>"
        for severity in Corruption.severities { text += "<th>severity \(severity)</th>" }
        text += "</tr>\n"
        for corruption in Corruption.allCases {
            let row = Corruption.severities.map {
                images[.corrupted(corruption, severity: $0)] ?? ""
            }
            guard row.contains(where: { !$0.isEmpty }) else { continue }
            text += "<tr><td>\(corruption.rawValue)</td>"
            for image in row { text += "<td>\(image)</td>" }
            text += "</tr>\n"
        }
        return text + "</table>\n"
    }

    /// A picture as a page holds it.
    static func image(_ bytes: OwnedBytes) -> String {
        let data = bytes.withBytes { bytes in
            unsafe bytes.withUnsafeBytes { unsafe Data($0) }
        }
        let kind = data.starts(with: [0xFF, 0xD8]) ? "jpeg" : "png"
        return "<img alt=\"\" src=\"data:image/\(kind);base64,\(data.base64EncodedString())\">"
    }
}
