import Base
import Pictures
import Testing
import TestSupport

@Suite struct CorruptorTests {
    @Test("a corruption is the published one, to the bit", arguments: Corruption.allCases)
    func published(corruption: Corruption) throws {
        let cases = try CorruptionGolden.all().filter { $0.corruption == corruption.rawValue }
        try #require(cases.count >= 15)
        let corruptor = Corruptor(frost: try CorruptionGolden.frost(), jpeg: .ijg9)
        for golden in cases {
            var picture = try CorruptionGolden.input(golden.input)
            var random = NumPyRandom(seed: golden.seed)
            try corruptor.corrupt(
                &picture,
                by: corruption,
                severity: golden.severity,
                random: &random
            )
            #expect(PictureGoldens.hash(picture.pixels) == golden.sha256, "\(golden.id)")
            #expect(random.position == golden.state.position, "\(golden.id)")
            #expect(random.hasSpare == (golden.state.hasSpare == 1), "\(golden.id)")
            #expect(PictureGoldens.hash(random.keyBytes) == golden.state.key, "\(golden.id)")

            let file = try picture.optimizedJPEG(quality: 85, variant: .ijg9)
            #expect(PictureGoldens.hash(file) == golden.file.sha256, "\(golden.id)")
            let decoded = try PillowDecoder(.ijg9).decoded(file)
            #expect(PictureGoldens.hash(decoded.pixels) == golden.file.decoded, "\(golden.id)")
        }
    }

    @Test("over libjpeg-turbo files, and JPEG compression, are that library's")
    func turbo() throws {
        let corruptor = Corruptor(frost: try CorruptionGolden.frost(), jpeg: .turbo)
        let decoder = try PillowDecoder(.turbo)
        for golden in try CorruptionGolden.all() {
            let corruption = try #require(Corruption(rawValue: golden.corruption))
            var picture = try CorruptionGolden.input(golden.input)
            var random = NumPyRandom(seed: golden.seed)
            try corruptor.corrupt(
                &picture,
                by: corruption,
                severity: golden.severity,
                random: &random
            )
            let expected = golden.turbo ?? golden.sha256
            #expect(PictureGoldens.hash(picture.pixels) == expected, "\(golden.id)")
            let file = try picture.optimizedJPEG(quality: 85, variant: .turbo)
            #expect(PictureGoldens.hash(file) == golden.turboFile.sha256, "\(golden.id)")
            let decoded = try decoder.decoded(file)
            let hash = PictureGoldens.hash(decoded.pixels)
            #expect(hash == golden.turboFile.decoded, "\(golden.id)")
        }
    }

    @Test("what a corruptor did before changes nothing", arguments: Corruption.allCases)
    func independence(corruption: Corruption) throws {
        let large = try CorruptionGolden.input("b256.png")
        let used = Corruptor(frost: try CorruptionGolden.frost())
        for severity in [5, 1] {
            for other in Corruption.allCases {
                var (picture, random) = (large, NumPyRandom(seed: 1))
                try used.corrupt(&picture, by: other, severity: severity, random: &random)
            }
        }
        let source = try CorruptionGolden.input("a224.png")
        for severity in Corruption.severities {
            var (first, second) = (source, source)
            var (random, other) = (NumPyRandom(seed: 7), NumPyRandom(seed: 7))
            let fresh = Corruptor(frost: try CorruptionGolden.frost())
            try fresh.corrupt(&first, by: corruption, severity: severity, random: &random)
            try used.corrupt(&second, by: corruption, severity: severity, random: &other)
            #expect(first == second)
            #expect(first != source)
            #expect(random.word() == other.word())
        }
    }

    @Test("pictures of any sides are corrupted", arguments: [(32, 32), (33, 47), (299, 301)])
    func sides(width: Int, height: Int) throws {
        let source = Self.picture(width, height)
        let frost = FrostPhotographs((1...5).map { _ in Self.picture(400, 400) })
        let corruptor = Corruptor(frost: frost)
        for corruption in Corruption.allCases {
            for severity in Corruption.severities {
                var (picture, random) = (source, NumPyRandom(seed: 3))
                try corruptor.corrupt(
                    &picture,
                    by: corruption,
                    severity: severity,
                    random: &random
                )
                #expect(picture.size == source.size)
                #expect(picture != source, "\(corruption) \(severity)")
            }
        }
    }

    @Test(
        "JPEG compression of any sides equals a file that libjpeg-turbo writes and reads",
        arguments: [(32, 32), (33, 47), (40, 41), (48, 57), (299, 301), (224, 250)]
    )
    func compression(width: Int, height: Int) throws {
        let source = Self.picture(width, height)
        let decoder = try PillowDecoder(.turbo)
        let corruptor = Corruptor(jpeg: .turbo)
        for (severity, quality) in zip(Corruption.severities, [25, 18, 15, 10, 7]) {
            let file = try source.optimizedJPEG(quality: quality, variant: .turbo)
            var (picture, random) = (source, NumPyRandom(seed: 0))
            try corruptor.corrupt(
                &picture,
                by: .jpegCompression,
                severity: severity,
                random: &random
            )
            #expect(try decoder.decoded(file) == picture)
        }
    }

    @Test(
        "over IJG's libjpeg 9, a file of any sides holds what compression leaves",
        arguments: [(33, 47), (40, 41), (48, 57), (299, 301)]
    )
    func ownFiles(width: Int, height: Int) throws {
        let source = Self.picture(width, height)
        var (picture, random) = (source, NumPyRandom(seed: 0))
        try Corruptor(jpeg: .ijg9)
            .corrupt(&picture, by: .jpegCompression, severity: 3, random: &random)
        let file = try source.optimizedJPEG(quality: 15, variant: .ijg9)
        #expect(try PillowDecoder(.ijg9).decoded(file) == picture)
    }

    @Test("a file with common tables holds the same pixels", arguments: JPEGVariant.allCases)
    func commonTables(variant: JPEGVariant) throws {
        let source = Self.picture(75, 64)
        let decoder = try PillowDecoder(variant)
        let small = try source.optimizedJPEG(quality: 85, variant: variant)
        let plain = try source.optimizedJPEG(quality: 85, variant: variant, isSmall: false)
        #expect(small.count < plain.count)
        #expect(try decoder.decoded(small) == decoder.decoded(plain))
    }

    @Test("black and white pictures pass through all corruptions", arguments: [0, 255])
    func flat(value: UInt8) throws {
        let size = PictureSize(width: 64, height: 64)
        let source = Picture(size: size, pixels: .init(repeating: value, count: 3 * 64 * 64))
        let corruptor = Corruptor(frost: try CorruptionGolden.frost())
        for corruption in Corruption.allCases {
            for severity in Corruption.severities {
                var (picture, random) = (source, NumPyRandom(seed: 5))
                try corruptor.corrupt(
                    &picture,
                    by: corruption,
                    severity: severity,
                    random: &random
                )
            }
        }
    }

    @Test("frost needs photographs that are larger than the picture")
    func frost() throws {
        var random = NumPyRandom(seed: 0)
        var picture = Self.picture(224, 224)
        #expect(throws: FrostError.noPhotographs) {
            try Corruptor().corrupt(&picture, by: .frost, severity: 1, random: &random)
        }
        var photographs = (1...5).map { _ in Self.picture(225, 225) }
        try FrostPhotographs(photographs).check(for: picture.size)
        photographs[3] = Self.picture(224, 300)
        let expected = FrostError.tooSmall(
            name: "frost4.jpg",
            photograph: PictureSize(width: 224, height: 300),
            picture: picture.size
        )
        #expect(throws: expected) {
            try Corruptor(frost: FrostPhotographs(photographs))
                .corrupt(&picture, by: .frost, severity: 1, random: &random)
        }
        #expect(
            "\(expected)"
                == "frost4.jpg has 224x300 pixels, expected more than 224x224 both ways"
        )
    }

    /// A picture of slopes, edges and noise.
    static func picture(_ width: Int, _ height: Int) -> Picture {
        var random = NumPyRandom(seed: 11)
        let pixels = (0..<3 * width * height).map { index in
            let (x, y) = (index / 3 % width, index / 3 / width)
            let base = (x * 3 + y * 2 + index % 3 * 40) % 200 + (x / 9 % 2) * 30
            return UInt8(base + Int(random.word() % 26))
        }
        return Picture(size: PictureSize(width: width, height: height), pixels: pixels)
    }
}
