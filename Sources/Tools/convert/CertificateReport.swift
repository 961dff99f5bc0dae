import Convert
import Proto
import Suite
import ToolSupport

/// A certificate held against the files that it certifies.
struct CertificateReport {
    private let path: String
    private let options: ParsedOptions
    private let certificate: Certificate

    init(_ path: String, _ options: ParsedOptions, _ diagnostics: Diagnostics) throws {
        self.path = path
        self.options = options
        certificate = try ToolError.about(nil) { try Certificate(path: path) }
        if certificate.tool != Reassemble.version {
            diagnostics.note(
                "the certificate is of version \(certificate.tool), this is \(Reassemble.version)"
            )
        }
    }

    func run() throws -> ExitCode {
        let check = try ToolError.about(nil) {
            try CertificateCheck(
                certificate,
                path: path,
                source: options[ConvertOptions.source],
                target: options[ConvertOptions.output]
            ) { target in
                guard let format = ConversionFormat(rawValue: certificate.format) else {
                    return []
                }
                return try format.target.reopen(
                    target,
                    files: certificate.result.files.map { target + $0.ending },
                    names: Set(certificate.tensors.map { Name($0.name) })
                )
            }
        }
        try StandardOutput.write(options[RunOptions.json] ? document(check) : text(check))
        return check.isPassed ? .done : .no
    }

    private func text(_ check: CertificateCheck) -> String {
        var lines = check.findings
        if check.isPassed {
            lines.append("\(path): all is as certified")
        } else {
            lines.append("\(path): NOT as certified:")
            lines += check.faults.map { "  \($0)" }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private func document(_ check: CertificateCheck) -> String {
        JSONValue.document(
            schema: "reassemble.convert.check",
            version: 1,
            [
                .init("certificate", .text(path)),
                .init("ok", .bool(check.isPassed)),
                .init("findings", .array(check.findings.map { .text($0) })),
                .init("faults", .array(check.faults.map { .text($0) })),
            ]
        ).indentedText
    }
}
