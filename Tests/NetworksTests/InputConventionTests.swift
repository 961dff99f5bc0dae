import Networks
import Pictures
import Testing

@Suite struct InputConventionTests {
    private func settled(
        _ values: [String: String]?,
        published: PublishedModel? = nil,
        _ change: (inout InputRequest) -> Void = { _ in }
    ) throws -> InputConvention {
        var request = InputRequest()
        change(&request)
        return try InputConvention(
            request,
            published: published,
            recorded: values.map { RecordedFlags($0, path: "hparams.json") }
        )
    }

    @Test("what is recorded goes before the usual")
    func recorded() throws {
        let input = try settled([
            "preprocessing_type": "imagenet_096", "image_size": "80", "dct_method": "INTEGER_FAST",
        ])
        #expect(
            try input.preprocessing
                == Preprocessing(name: "imagenet_096", imageSize: 80, dctMethod: .fast)
        )
        #expect(input.facts.allSatisfy { $0.origin == .recorded })
    }

    @Test("where nobody says anything, that is a fact of its own")
    func assumed() throws {
        let input = try settled(nil)
        #expect(input.preprocessing.imageSize == 224)
        #expect(input.facts.map(\.flag) == ["--preprocessing_type=imagenet"])
        #expect(input.facts[0].origin == .assumed)
    }

    @Test("what is asked for goes before all, and the side of another preparation is forgotten")
    func given() throws {
        let values = ["preprocessing_type": "imagenet_096", "image_size": "80"]
        let other = try settled(values) { $0.preprocessing = "imagenet_128a" }
        #expect(other.preprocessing.imageSize == 128)
        #expect(other.facts.map(\.overruled) == ["imagenet_096"])
        let same = try settled(values) { $0.preprocessing = "imagenet_096" }
        #expect(same.preprocessing.imageSize == 80)
        let side = try settled(values) { $0.imageSize = 64 }
        #expect(side.preprocessing.imageSize == 64 && side.preprocessing.name == "imagenet_096")
        let published = try settled(values, published: .assembleResNet50)
        #expect(published.preprocessing.name == "imagenet_224_256")
    }

    @Test("an empty dct_method says nothing")
    func empty() throws {
        #expect(try settled(["dct_method": ""]).preprocessing.dctMethod == .accurate)
    }

    @Test(
        "values that are none",
        arguments: [
            ("preprocessing_type", "cifar"), ("image_size", "0"), ("image_size", "big"),
            ("image_size", "99999999999999999999"), ("dct_method", "SLOW"),
        ]
    )
    func malformed(name: String, value: String) {
        #expect {
            try settled([name: value])
        } throws: { error in
            guard case .recordedFlag("hparams.json", name, value, _) = error as? NetworkError else {
                return false
            }
            return true
        }
    }
}
