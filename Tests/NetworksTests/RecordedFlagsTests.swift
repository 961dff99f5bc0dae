import Engine
import Foundation
import Networks
import TestSupport
import Testing

@Suite struct RecordedFlagsTests {
    private let text = """
        {"anti_alias_type": "sconv,proj", "anti_alias_filter_size": 3, "pool_type": "gem",
         "no_downsample": true, "dropblock_kp": [0.9, 0.7], "model": null, "nested": {"a": 1}}
        """

    @Test("reads values as they would be typed")
    func reading() throws {
        #expect(
            try RecordedFlags(text: text).values == [
                "anti_alias_type": "sconv,proj", "anti_alias_filter_size": "3", "pool_type": "gem",
                "no_downsample": "True", "dropblock_kp": "0.9,0.7",
            ]
        )
    }

    @Test("what cannot be understood is an error", arguments: ["", "[]", "{", "7", "\u{0}"])
    func malformed(text: String) {
        #expect(throws: NetworkError.unreadableFlags(path: "")) { try RecordedFlags(text: text) }
    }

    @Test("lies beside a checkpoint, or above the kept ones")
    func places() throws {
        let folder = try TemporaryFolder()
        for name in ["best", "other"] {
            try folder.makeFolder(name)
        }
        try folder.write(text, to: "hparams.json")
        #expect(try RecordedFlags.found(besides: folder.path("model.ckpt-7")) != nil)
        #expect(try RecordedFlags.found(besides: folder.path("best/model.ckpt-7")) != nil)
        #expect(try RecordedFlags.found(besides: folder.path("other/model.ckpt-7")) == nil)
        try folder.write("{", to: "hparams.json")
        #expect(throws: NetworkError.unreadableFlags(path: folder.path("hparams.json"))) {
            try RecordedFlags.found(besides: folder.path("model.ckpt-7"))
        }
    }

    private func settled(
        _ request: ModelRequest,
        _ recorded: RecordedFlags?
    ) throws -> SettledModel {
        try request.settleUntold(ModelConfiguration(), request.published?.configuration, recorded)
    }

    @Test("that are another network's contradict the variables")
    func contradictions() throws {
        let flags = try RecordedFlags(
            text: """
                {"resnet_size": "152", "resnet_version": 1, "use_sk_block": true, "use_resnet_d": false}
                """
        )
        #expect(
            flags.contradictions(of: ModelConfiguration()) == [
                "--resnet_size=152, and the variables 50",
                "--use_sk_block=True, and the variables false",
            ]
        )
        #expect(try RecordedFlags(text: text).contradictions(of: ModelConfiguration()) == [])
    }

    @Test("go before PyTorch's names, and what is asked for before both")
    func padding() throws {
        func settled(
            _ given: ModelConfiguration.PoolPadding?,
            _ text: String?
        ) throws -> SettledModel {
            var request = ModelRequest()
            request.poolPadding = given
            let flags = try text.map { try RecordedFlags(text: $0) }
            return try request.settleUntold(ModelConfiguration(), nil, flags, names: .pyTorch)
        }
        let named = try settled(nil, nil)
        #expect(named.configuration.poolPadding == .pyTorch)
        #expect(named.facts.first { $0.name == "pool_padding" }?.origin == .named)
        let recorded = try settled(nil, #"{"pool_padding": "tensorflow"}"#)
        #expect(recorded.configuration.poolPadding == .tensorFlow)
        #expect(recorded.facts.first { $0.name == "pool_padding" }?.origin == .recorded)
        let given = try settled(.tensorFlow, #"{"pool_padding": "pytorch"}"#)
        #expect(given.configuration.poolPadding == .tensorFlow)
        #expect(given.facts.first { $0.name == "pool_padding" }?.overruled == "pytorch")
        #expect(throws: NetworkError.self) { try settled(nil, #"{"pool_padding": "caffe"}"#) }
        let plain = try ModelRequest().settleUntold(ModelConfiguration(), nil, nil)
        #expect(!plain.facts.contains { $0.name == "pool_padding" })
    }

    @Test("settles what nobody asked for, and says what was overruled")
    func settling() throws {
        let flags = try RecordedFlags(text: text)
        let all = try settled(ModelRequest(), flags)
        #expect(all.configuration.antiAliasesConvolutions)
        #expect(all.configuration.antiAliasesProjections && all.configuration.antiAliasSize == 3)
        #expect(all.configuration.pooling == .generalizedMean)
        #expect(all.configuration.keepsLastResolution)
        #expect(all.facts.map(\.origin) == Array(repeating: .recorded, count: 4))
        var asked = ModelRequest()
        asked.antiAliasType = "none"
        asked.pooling = .average
        let some = try settled(asked, flags)
        #expect(!some.configuration.antiAliasesConvolutions)
        #expect(
            some.facts.map(\.flag) == [
                "--anti_alias_type=none", "--pool_type=gap", "--no_downsample=true",
            ]
        )
        #expect(some.facts.map(\.origin) == [.given, .given, .recorded])
        #expect(some.facts.map(\.overruled) == ["sconv,proj", "gem", nil])
        var named = ModelRequest()
        named.published = .assembleResNet50
        let published = try settled(named, flags)
        #expect(!published.configuration.keepsLastResolution)
        #expect(published.facts.allSatisfy { $0.origin == .given })
        let none = try settled(ModelRequest(), nil)
        #expect(none.facts.allSatisfy { $0.origin == .assumed })
    }

    @Test(
        "a value that is none is an error where it is needed",
        arguments: [
            (#"{"pool_type": 7}"#, "pool_type", "7"),
            (#"{"no_downsample": "maybe"}"#, "no_downsample", "maybe"),
            (#"{"anti_alias_type": "foo"}"#, "anti_alias_type", "foo"),
            (
                #"{"anti_alias_type": "sconv", "anti_alias_filter_size": "x"}"#,
                "anti_alias_filter_size", "x"
            ),
        ]
    )
    func oddValues(text: String, name: String, value: String) throws {
        let odd = try RecordedFlags(text: text)
        #expect {
            try settled(ModelRequest(), odd)
        } throws: { error in
            guard case .recordedFlag(_, name, value, _) = error as? NetworkError else {
                return false
            }
            return true
        }
        var asked = ModelRequest()
        asked.published = .resNet50
        #expect(throws: Never.self) { try settled(asked, odd) }
    }
}
