import Checkpoint
import Convert
import Networks
import Suite
import ToolSupport

// What is written down of a conversion.
extension Conversion {
    /// Writes down what was converted into what.
    func certify(
        _ result: any ConversionTarget,
        _ graph: LogitComparison?,
        to path: String
    ) throws {
        let certificate = try Certificate(
            tool: Reassemble.version,
            path: path,
            source: input.file,
            plan: plan,
            format: format.rawValue,
            target: result.job.path,
            files: result.files,
            result: result.reopen().first,
            network: network.map { network in
                Certificate.NetworkFacts(
                    network.plan,
                    network.configuration,
                    options[ConvertOptions.weights],
                    graph: graph
                )
            },
            imported: input.imported.map { imported in
                Certificate.ImportedFacts(
                    imported.graph,
                    options[ConvertOptions.weights],
                    places: result.importedPlaces
                )
            }
        )
        try certificate.write(to: path, replacing: options[RunOptions.force])
    }
}
