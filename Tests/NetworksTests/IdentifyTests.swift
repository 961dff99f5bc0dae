import Proto
import Engine
import Proto
import GoldenNetworks
import Networks
import TestSupport
import Testing

@Suite
struct IdentifyTests {
    /// A golden network's variables, as a checkpoint with an optimiser would list them.
    private func inventory(_ golden: GoldenGraph) -> CheckpointInventory {
        let slots = golden.variables.filter(\.isTrainable).map {
            (name: "\($0.name)/Momentum", shape: $0.shape)
        }
        return CheckpointInventory(
            golden.variables.map { (name: $0.name, shape: $0.shape) } + slots + [
                ("global_step", [])
            ]
        )
    }

    @Test("what variables can tell is read from them", arguments: GoldenGraph.names)
    func golden(name: String) throws {
        let golden = try GoldenGraph.load(name)
        let identified = try IdentifiedModel(inventory(golden))
        #expect(identified.differences.isEmpty, "\(identified.differences)")
        var expected = golden.configuration
        // What no variable tells keeps its default.
        let usual = ModelConfiguration()
        expected.antiAliasesConvolutions = false
        expected.antiAliasesProjections = false
        expected.antiAliasSize = usual.antiAliasSize
        expected.keepsLastResolution = false
        expected.pooling = .average
        #expect(identified.configuration == expected)
    }

    @Test("optimiser slots, averages and counters are told from the model's variables")
    func inventory() {
        let inventory = CheckpointInventory([
            (name: "resnet_model/dense/kernel", shape: [8, 3]),
            ("resnet_model/dense/kernel/Momentum", [8, 3]),
            ("resnet_model/dense/kernel/ExponentialMovingAverage", [8, 3]), ("global_step", []),
        ])
        #expect(inventory.model == ["resnet_model/dense/kernel": [8, 3]])
        #expect(inventory.slots == ["resnet_model/dense/kernel/Momentum"])
        #expect(inventory.movingAverages == ["resnet_model/dense/kernel/ExponentialMovingAverage"])
        #expect(inventory.others == ["global_step"])
        #expect(inventory.elementCount == 24)
    }

    @Test("every beta that gives the same blocks is possible")
    func betas() throws {
        let identified = try IdentifiedModel(inventory(.load("assemble-50")))
        #expect(identified.possibleBetas.contains(4))
        #expect(!identified.possibleBetas.contains(2))
    }

    @Test("narrow networks and other heads are identified", arguments: [8, 12, 64])
    func widths(width: Int) throws {
        for pooling in [ModelConfiguration.Pooling.average, .flatten] {
            for (version, resNetD) in [(1, true), (2, false), (2, true)] {
                var model = ModelConfiguration()
                model.version = version
                model.usesResNetD = resNetD
                model.width = width
                model.classes = 37
                model.pooling = pooling
                model.alpha = version == 2 ? 4 : 2
                let network = try FamilyNetwork(model, imageSize: 96)
                let identified = try IdentifiedModel(
                    CheckpointInventory(
                        VariableNames(network).variables.map { (name: $0.name, shape: $0.shape) }
                    )
                )
                #expect(identified.differences.isEmpty)
                #expect(identified.configuration == model)
            }
        }
    }

    @Test("a missing and an unexpected variable are named together")
    func nearMiss() throws {
        let golden = try GoldenGraph.load("vanilla-50")
        var variables = golden.variables.map { (name: $0.name, shape: $0.shape) }
        let index = try #require(variables.firstIndex { $0.name == "resnet_model/conv2d_7/kernel" })
        variables[index].name = "resnet_model/conv2d_7b/kernel"
        variables[0].shape = [7, 7, 3, 32]
        variables[0].shape[3] = 64
        variables[1].shape = [63]
        let identified = try IdentifiedModel(CheckpointInventory(variables))
        #expect(
            identified.differences.missing == [
                .init(
                    name: "resnet_model/conv2d_7/kernel",
                    nearest: "resnet_model/conv2d_7b/kernel"
                )
            ]
        )
        #expect(identified.differences.unexpected == ["resnet_model/conv2d_7b/kernel"])
        #expect(
            identified.differences.misshapen == [
                .init(
                    name: "resnet_model/batch_normalization/gamma",
                    found: [63],
                    expected: [64]
                )
            ]
        )
        #expect(throws: NetworkError.variablesDiffer(identified.differences)) {
            try ModelRequest().settle(identified)
        }
    }

    @Test("other checkpoints are not of the family")
    func others() {
        #expect(
            throws: NetworkError.notOfTheFamily("there is no resnet_model/conv2d/kernel")
        ) {
            try IdentifiedModel(CheckpointInventory([("w", [2, 3])]))
        }
    }
}
