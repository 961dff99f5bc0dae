import Base
import Convert
import Engine
import ToolSupport

/// The figures of robustness drawn for a page.
extension RobustnessFigures {
    /// Bars, means and the table, for a page.
    var page: String {
        var text = "<p>"
        for mean in publishedMeans + benchmarkMeans {
            guard let value = mean.value else { continue }
            text += "\(mean.title)\(gap(of: mean)): <b>\(percent(value.value)) %</b><br>\n"
        }
        if let cleanError { text += "clean error: <b>\(percent(cleanError)) %</b>\n" }
        text += "</p>\n"
        if !gaps.isEmpty {
            let lines = gaps.map(HTMLText.escaped).joined(separator: "<br>\n")
            text += "<p class=\"warn\">\(lines)</p>\n"
        }
        let groups = measured.map { corruption in
            BarChart.Group(
                corruption.rawValue,
                Corruption.severities.map { severity in
                    errors.accuracy(under: corruption, severity: severity).map { 1 - $0.value }
                },
                mark: corruption.alexNetError
            )
        }
        let chart = BarChart(
            groups,
            names: Corruption.severities.map { "severity \($0)" },
            markName: "AlexNet"
        )
        text += "<h2>Error by corruption and severity</h2>\n" + chart.svg
        text += "<p>Bars: severities 1 to 5, from light to dark; red: AlexNet's mean error.</p>\n"
        var table = PageTable(
            ["error (%)"] + Corruption.severities.map { "\($0)" } + ["all", "CE", "pictures"]
        )
        for corruption in measured {
            let accuracies = Corruption.severities.map {
                errors.accuracy(under: corruption, severity: $0)
            }
            table.append(
                [corruption.rawValue]
                    + accuracies.map { $0.map { percent(1 - $0.value) } ?? "" }
                    + [
                        errors.error(under: corruption, .pooled).map(percent) ?? "",
                        errors.error(under: corruption, .pooled, .alexNet).map(percent) ?? "",
                        "\(accuracies.reduce(0) { $0 + ($1?.count ?? 0) })",
                    ]
            )
        }
        return text + "<h2>Table</h2>\n" + table.html + "<p>As text:</p>\n" + table.copyable
    }
}
