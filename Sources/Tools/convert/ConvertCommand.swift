import Suite
import ToolSupport

/// Hands the weights of a checkpoint on in another format.
@main
struct ConvertCommand {
    static func main() {
        CommandLineTool.main(ConvertOptions.table) { options in
            let diagnostics = Diagnostics(tool: ConvertOptions.table.tool)
            if let certificate = options[ConvertOptions.check] {
                return try CertificateReport(certificate, options, diagnostics).run()
            }
            return try Conversion(options, diagnostics).run()
        }
    }
}
