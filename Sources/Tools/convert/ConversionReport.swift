import Checkpoint
import Convert
import Proto
import ToolSupport

/// What a conversion does with every tensor, and what the comparison says.
struct ConversionReport {
    private let plan: ConversionPlan
    private let input: ConversionInput
    private let format: String
    /// The file, once it is written.
    var target: String?
    /// Everything that was written.
    var files: [String] = []
    /// The comparisons, once they are made, one for each place that holds the tensors.
    var verifications: [ConversionVerification] = []

    init(_ plan: ConversionPlan, _ input: ConversionInput, _ format: String) {
        self.plan = plan
        self.input = input
        self.format = format
    }

    private var byteCount: Int { plan.items.reduce(0) { $0 + $1.byteCount } }
    private var renamed: [ConversionPlan.Item] { plan.items.filter(\.isRenamed) }
    private var cast: [ConversionPlan.Item] { plan.items.filter(\.isCast) }

    /// Whether nothing speaks against what was written.
    var isVerified: Bool { verifications.allSatisfy(\.faults.isEmpty) }

    func deliver(_ options: ParsedOptions) throws {
        try StandardOutput.write(options[RunOptions.json] ? document : text)
    }

    private var text: String {
        var lines: [String] = []
        lines.append(
            "\(target == nil ? "would write" : "wrote") \(target ?? format): "
                + "\(grouped(plan.items.count)) tensors, \(byteText(byteCount)), "
                + "from a \(input.file.kind)"
        )
        if !plan.leftOut.isEmpty {
            lines.append("left out \(grouped(plan.leftOut.count)):")
            lines += Self.shortened(plan.leftOut)
        }
        if !renamed.isEmpty {
            lines.append("renamed \(grouped(renamed.count)):")
            lines += Self.shortened(renamed.map { "\($0.source.name) -> \($0.name)" })
        }
        if !cast.isEmpty {
            let types = Set(cast.map { "\($0.source.dataType.name) -> \($0.dataType.name)" })
            lines.append("cast \(grouped(cast.count)): \(types.sorted().joined(separator: ", "))")
        }
        if files.count > 1 { lines += files.map { "  \($0)" } }
        for verification in verifications { lines += proof(verification) }
        return lines.map { $0 + "\n" }.joined()
    }

    /// The first lines of a long list; the JSON document has them all.
    private static func shortened(_ lines: [String]) -> [String] {
        let rest = lines.count - 10
        return lines.prefix(10).map { "  \($0)" }
            + (rest > 0 ? ["  … and \(grouped(rest)) more; --json lists them all"] : [])
    }

    private func proof(_ verification: ConversionVerification) -> [String] {
        guard verification.faults.isEmpty else {
            return ["NOT verified:"] + verification.faults.map { "  \($0)" }
        }
        var line = "verified: \(grouped(verification.identicalCount)) tensors bit for bit"
        if verification.roundedCount > 0 {
            line +=
                ", \(grouped(verification.roundedCount)) within rounding, largest difference "
                + "\(verification.largestError), relative \(verification.largestRelativeError)"
        }
        return [line]
    }

    private var document: String {
        var members: [JSONValue.Member] = [
            .init("source", .text(input.file.kind)),
            .init("format", .text(format)),
            .init("target", .text(orNull: target)),
            .init("files", .array(files.map { .text($0) })),
            .init("bytes", .integer(byteCount)),
            .init(
                "tensors",
                .array(
                    plan.items.map { item in
                        [
                            "name": .text(item.name),
                            "source": .text(item.source.name),
                            "dtype": .text(item.dataType.name),
                            "source_dtype": .text(item.source.dataType.name),
                            "shape": .array(item.source.shape.map { .integer($0) }),
                        ]
                    }
                )
            ),
            .init("left_out", .array(plan.leftOut.map { .text($0) })),
        ]
        if let verification = verifications.first(where: { !$0.faults.isEmpty })
            ?? verifications.first
        {
            members.append(
                .init(
                    "verification",
                    [
                        "ok": .bool(verification.faults.isEmpty),
                        "identical": .integer(verification.identicalCount),
                        "rounded": .integer(verification.roundedCount),
                        "largest_error": .number(Double(verification.largestError)),
                        "largest_relative_error": .number(
                            Double(verification.largestRelativeError)
                        ),
                        "faults": .array(verification.faults.map { .text($0) }),
                    ]
                )
            )
        }
        return JSONValue.document(schema: "reassemble.convert", version: 1, members).indentedText
    }
}
