import Engine
import GoldenNetworks
import Networks
import TestSupport
import Testing

@Suite
struct ModelRequestTests {
    private func identified(_ name: String) throws -> IdentifiedModel {
        let golden = try GoldenGraph.load(name)
        return try IdentifiedModel(
            CheckpointInventory(golden.variables.map { (name: $0.name, shape: $0.shape) })
        )
    }

    /// The flags that nobody knew.
    private func assumptions(of settled: SettledModel) -> [String] {
        settled.facts.filter { $0.origin == .assumed }.map { "\($0.name)=\($0.value)" }
    }

    @Test("the published flags settle the published network")
    func flags() throws {
        var request = ModelRequest()
        request.version = 2
        request.size = 152
        request.alpha = 1
        request.beta = 2
        request.usesSelectiveKernel = true
        request.antiAliasType = "sconv"
        request.antiAliasSize = 3
        let settled = try request.settle(identified("assemble-152"))
        #expect(settled.configuration == (try GoldenGraph.load("assemble-152").configuration))
        #expect(settled.configuration == PublishedModel.assembleResNet152.configuration)
        #expect(assumptions(of: settled) == ["pool_type=gap", "no_downsample=false"])
    }

    @Test("a published name settles everything")
    func name() throws {
        var request = ModelRequest()
        request.published = .assembleResNet50
        let settled = try request.settle(identified("assemble-50"))
        #expect(settled.configuration == (try GoldenGraph.load("assemble-50").configuration))
        #expect(settled.facts.allSatisfy { $0.origin != .assumed })
    }

    @Test("what nothing can tell is assumed aloud")
    func assumed() throws {
        let settled = try ModelRequest().settle(identified("vanilla-50"))
        #expect(
            assumptions(of: settled) == [
                "anti_alias_type=none", "pool_type=gap", "no_downsample=false",
            ]
        )
    }

    @Test("all contradictions are listed at once")
    func contradictions() throws {
        var request = ModelRequest()
        request.version = 1
        request.size = 101
        request.usesSelectiveKernel = false
        request.classes = 1000
        request.beta = 2
        #expect(
            throws: NetworkError.settingsContradict([
                .init(name: "resnet_version", requested: "1", found: "2"),
                .init(name: "resnet_size", requested: "101", found: "50"),
                .init(name: "num-classes", requested: "1000", found: "1001"),
                .init(name: "use_sk_block", requested: "false", found: "true"),
                .init(name: "bl_beta", requested: "2", found: "4"),
            ])
        ) {
            try request.settle(identified("assemble-50"))
        }
    }

    @Test("anti-aliasing without a filter size, or of an unknown type, is refused")
    func antiAlias() throws {
        let model = try identified("vanilla-50")
        var request = ModelRequest()
        request.antiAliasType = "sconv,proj"
        #expect(
            throws: NetworkError.graph(
                .invalidSetting(
                    name: "anti_alias_filter_size",
                    value: "0",
                    expected: "1...7 where anti_alias_type is sconv,proj; the published commands end "
                        + "with --anti_alias_filter_size=3, a line that copies of them lack"
                )
            )
        ) { try request.settle(model) }
        request.antiAliasSize = 5
        let settled = try request.settle(model).configuration
        #expect(settled.antiAliasesConvolutions && settled.antiAliasesProjections)
        #expect(settled.antiAliasSize == 5)
        // What the published help names, and the published code passes over.
        request.antiAliasType = "max,proj,sconv"
        let published = try request.settle(model).configuration
        #expect(published == settled)
        request.antiAliasType = "max"
        request.antiAliasSize = nil
        let plain = try request.settle(model).configuration
        #expect(!plain.antiAliasesConvolutions && !plain.antiAliasesProjections)
        request.antiAliasType = "blur"
        #expect(
            throws: NetworkError.graph(
                .invalidSetting(
                    name: "anti_alias_type",
                    value: "blur",
                    expected: "sconv, proj or both"
                )
            )
        ) { try request.settle(model) }
    }
}
