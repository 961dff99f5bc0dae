import Engine
import Foundation
import Networks
import TestSupport
import Testing

@Suite struct HyperParameterFileTests {
    private let text = """
        {"anti_alias_type": "sconv,proj", "anti_alias_filter_size": 3, "pool_type": "gem",
         "no_downsample": true, "dropblock_kp": [0.9, 0.7], "model": null, "nested": {"a": 1}}
        """

    @Test("reads values as they would be typed")
    func reading() throws {
        let file = try #require(HyperParameterFile(text: text))
        #expect(
            file.values == [
                "anti_alias_type": "sconv,proj", "anti_alias_filter_size": "3", "pool_type": "gem",
                "no_downsample": "True", "dropblock_kp": "0.9,0.7",
            ]
        )
    }

    @Test("what cannot be understood is none", arguments: ["", "[]", "{", "7", "\u{0}"])
    func malformed(text: String) {
        #expect(HyperParameterFile(text: text) == nil)
    }

    @Test("lies beside a checkpoint, or above the kept ones")
    func places() throws {
        let folder = try TemporaryFolder()
        for name in ["best", "other"] {
            try folder.makeFolder(name)
        }
        try folder.write(text, to: "hparams.json")
        #expect(HyperParameterFile(besides: folder.path("model.ckpt-7")) != nil)
        #expect(HyperParameterFile(besides: folder.path("best/model.ckpt-7")) != nil)
        #expect(HyperParameterFile(besides: folder.path("other/model.ckpt-7")) == nil)
    }

    @Test("completes a request, but nothing that was asked for")
    func completing() throws {
        let file = try #require(HyperParameterFile(text: text))
        let (all, taken) = ModelRequest().completed(by: file)
        #expect(all.antiAliasType == "sconv,proj" && all.antiAliasSize == 3)
        #expect(all.pooling == .generalizedMean && all.keepsLastResolution == true)
        #expect(taken.count == 4)
        var asked = ModelRequest()
        asked.antiAliasType = "none"
        asked.pooling = .average
        let (some, others) = asked.completed(by: file)
        #expect(some.antiAliasType == "none" && some.antiAliasSize == nil)
        #expect(some.pooling == .average && others == ["no_downsample=True"])
        var named = ModelRequest()
        named.published = .assembleResNet50
        #expect(named.completed(by: file).request == named)
        #expect(ModelRequest().completed(by: nil).request == ModelRequest())
    }

    @Test("values of other kinds are passed over")
    func oddValues() throws {
        let odd = try #require(
            HyperParameterFile(
                text: #"{"anti_alias_filter_size": "x", "pool_type": 7, "no_downsample": "maybe"}"#
            )
        )
        let (request, taken) = ModelRequest().completed(by: odd)
        #expect(request == ModelRequest() && taken.isEmpty)
    }
}
