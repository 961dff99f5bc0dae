import Checkpoint
import Convert
import Networks
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
    /// What tells of the network beside them.
    var configurations: [String] = []
    /// The comparisons, once they are made, one for each place that holds the tensors.
    var verifications: [TensorProof] = []
    /// The comparison of logits, for formats that hold a network.
    var logits: LogitComparison?

    /// The comparisons of an imported network's outputs, for formats that hold it.
    var outputs: [OutputComparison] = []

    /// What would be written, with sizes, where it is only told.
    var sizes: [(path: String, byteCount: Int)] = []
    private let load: LoadReport?
    /// The certificate, once it is written.
    var certificate: String?

    init(_ plan: ConversionPlan, _ input: ConversionInput, _ format: String) {
        self.plan = plan
        self.input = input
        self.format = format
        // A graph has what it needs, whatever it is called.
        load = input.imported == nil ? LoadReport(plan, of: input.file.tensors) : nil
    }

    private var byteCount: Int { plan.items.reduce(0) { $0 + $1.byteCount } }
    private var renamed: [ConversionPlan.Item] { plan.items.filter(\.isRenamed) }
    /// What got another name before the network was recognised.
    private var renamedFirst: [ConversionPlan.Item] {
        input.renaming?.items.filter(\.isRenamed) ?? []
    }
    private var leftOut: [String] { (input.renaming?.leftOut ?? []) + plan.leftOut }
    private var cast: [ConversionPlan.Item] { plan.items.filter(\.isCast) }

    /// Whether nothing speaks against what was written.
    var isVerified: Bool {
        verifications.allSatisfy(\.faults.isEmpty) && (logits?.isPassed ?? true)
            && outputs.allSatisfy(\.isPassed)
    }

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
        if !leftOut.isEmpty {
            lines.append("left out \(grouped(leftOut.count)):")
            lines += Self.shortened(leftOut)
        }
        if !renamedFirst.isEmpty {
            lines.append("renamed at first \(grouped(renamedFirst.count)):")
            lines += Self.shortened(renamedFirst.map { "\($0.source.name) -> \($0.name)" })
        }
        if !renamed.isEmpty {
            lines.append("renamed \(grouped(renamed.count)):")
            lines += Self.shortened(renamed.map { "\($0.source.name) -> \($0.name)" })
        }
        if !cast.isEmpty {
            let types = Set(cast.map { "\($0.source.dataType.name) -> \($0.dataType.name)" })
            lines.append("cast \(grouped(cast.count)): \(types.sorted().joined(separator: ", "))")
        }
        if let load {
            lines.append(
                "of the network's variables: applied \(grouped(load.applied.count)), "
                    + "renamed \(grouped(load.renamed.count)), missing \(grouped(load.missing.count)); "
                    + "unused tensors: \(grouped(load.unused.count))"
            )
            lines += Self.shortened(load.missing.map { "missing: \($0)" })
        }
        lines += sizes.map { "  \($0.path): \(byteText($0.byteCount))" }
        if files.count > 1 { lines += files.map { "  \($0)" } }
        if !configurations.isEmpty {
            lines.append("what it is: \(configurations.joined(separator: ", "))")
        }
        for verification in verifications { lines += proof(verification) }
        if let logits { lines.append(proof(logits)) }
        lines += outputs.map(proof)
        if let certificate { lines.append("certificate: \(certificate)") }
        return lines.map { $0 + "\n" }.joined()
    }

    /// The first lines of a long list; the JSON document has them all.
    private static func shortened(_ lines: [String]) -> [String] {
        let rest = lines.count - 10
        return lines.prefix(10).map { "  \($0)" }
            + (rest > 0 ? ["  … and \(grouped(rest)) more; --json lists them all"] : [])
    }

    private func proof(_ verification: TensorProof) -> [String] {
        guard verification.faults.isEmpty else {
            return ["NOT verified:"] + verification.faults.map { "  \($0)" }
        }
        // Weights that were folded into each other are proved by the logits.
        guard verification.identicalCount + verification.roundedCount > 0 else { return [] }
        var line = "verified: \(grouped(verification.identicalCount)) tensors bit for bit"
        if verification.roundedCount > 0 {
            line +=
                ", \(grouped(verification.roundedCount)) within rounding, largest difference "
                + "\(verification.largestError), relative \(verification.largestRelativeError)"
        }
        return [line]
    }

    private func proof(_ logits: LogitComparison) -> String {
        (logits.isPassed ? "verified" : "NOT verified")
            + ": logits of \(logits.pictureCount) fixed pictures: largest difference "
            + "\(logits.largestDifference), relative \(logits.largestRelativeDifference), same argmax "
            + "on \(logits.sameArgmaxCount); a tolerance of \(logits.passingTolerance) would pass"
            + (logits.isPassed ? "" : ", \(LogitComparison.tolerance) is allowed")
    }

    private func proof(_ output: OutputComparison) -> String {
        let word = output.isPassed ? "verified" : "NOT verified"
        let name =
            "\(word): \(output.name.printable) \(output.type)\(output.shape) of fixed inputs: "
        if let misfit = output.misfit { return name + misfit }
        if output.isExact {
            return name
                + (output.differingCount == 0 ? "the same" : "\(output.differingCount) differ")
        }
        return name + "largest difference \(output.largestDifference), relative "
            + "\(output.largestRelativeDifference)"
            + (output.isPassed ? "" : ", \(OutputComparison.tolerance) is allowed")
    }

    private var document: String {
        var members: [JSONValue.Member] = [
            .init("source", .text(input.file.kind)),
            .init("format", .text(format)),
            .init("target", .text(orNull: target)),
            .init("certificate", .text(orNull: certificate)),
            .init("files", .array(files.map { .text($0) })),
            .init("configurations", .array(configurations.map { .text($0) })),
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
            .init(
                "load_report",
                load.map { load -> JSONValue in
                    [
                        "applied": .integer(load.applied.count),
                        "renamed": .array(load.renamed.map { .text($0) }),
                        "unused": .array(load.unused.map { .text($0) }),
                        "missing": .array(load.missing.map { .text($0) }),
                    ]
                } ?? .null
            ),
            .init("left_out", .array(leftOut.map { .text($0) })),
            .init(
                "renamed_at_first",
                .array(
                    renamedFirst.map { ["source": .text($0.source.name), "name": .text($0.name)] }
                )
            ),
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
                        "largest_error": .figure(Double(verification.largestError)),
                        "largest_relative_error": .figure(
                            Double(verification.largestRelativeError)
                        ),
                        "faults": .array(verification.faults.map { .text($0) }),
                    ]
                )
            )
        }
        if let logits {
            members.append(
                .init(
                    "logits",
                    [
                        "ok": .bool(logits.isPassed),
                        "pictures": .integer(logits.pictureCount),
                        "same_argmax": .integer(logits.sameArgmaxCount),
                        "largest_difference": .figure(Double(logits.largestDifference)),
                        "largest_relative_difference": .figure(
                            Double(logits.largestRelativeDifference)
                        ),
                        "passing_tolerance": .figure(Double(logits.passingTolerance)),
                    ]
                )
            )
        }
        if !outputs.isEmpty {
            members.append(
                .init(
                    "outputs",
                    .array(
                        outputs.map { output in
                            [
                                "name": .text(output.name), "ok": .bool(output.isPassed),
                                "dtype": .text(output.type),
                                "shape": .array(output.shape.map { .integer($0) }),
                                "differing": .integer(output.differingCount),
                                "largest_difference": .figure(output.largestDifference),
                                "largest_relative_difference": .figure(
                                    output.largestRelativeDifference
                                ),
                            ]
                        }
                    )
                )
            )
        }
        return JSONValue.document(schema: "reassemble.convert", version: 1, members).indentedText
    }
}
