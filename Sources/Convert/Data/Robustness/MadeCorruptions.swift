internal import Base
internal import Pictures

/// Corrupted pictures that are made in memory, as ``CorruptionBuilder`` makes files of them: picture by picture, each under
/// all corruptions and severities that are wanted.
///
/// A picture is made where its bytes are asked for, on any thread; they decode to the pixels that its file has. Clean ones are
/// the square that is corrupted, without loss.
public struct MadeCorruptions: PictureSource {
    /// The parts, in the order in which they are made of each picture.
    public let parts: [MeasuredPart]
    private let settings: CorruptionSettings
    private let pictures: CleanPictures
    private let pool: CorruptorPool
    private var limit: Int
    private var reader: CleanPictures.Reader
    private var taken = 0
    private var part = 0
    private var current: Square?

    /// What is made of one picture, or why nothing is.
    private enum Square {
        case made(SquarePicture, CleanPictures.Item)
        case corrupt(CorruptPicture)
        case end
    }

    /// Pictures to be made.
    ///
    /// - Parameters:
    ///   - pictures: The clean ones.
    ///   - settings: How they are corrupted.
    ///   - parts: What is made of each.
    ///   - limit: How many of the clean ones are taken.
    /// - Throws: `PictureError` without memory; `FrostError` where frost is wanted and there is none, or too little.
    public init(
        _ pictures: CleanPictures,
        _ settings: CorruptionSettings,
        parts: [MeasuredPart],
        limit: Int = .max
    ) throws {
        let needsFrost = parts.contains { part in
            if case .corrupted(.frost, _) = part { true } else { false }
        }
        if needsFrost {
            guard let frost = settings.frost else { throw FrostError.noPhotographs }
            let side = settings.framing.crop
            try frost.photographs.check(for: PictureSize(width: side, height: side))
        }
        self.pictures = pictures
        self.settings = settings
        self.parts = parts
        self.limit = limit
        pool = try CorruptorPool(settings)
        reader = pictures.reader()
    }

    /// What is made of the first clean pictures, from the start.
    public func limited(to count: Int) -> MadeCorruptions {
        var pictures = self
        pictures.limit = count
        pictures.reader = self.pictures.reader()
        (pictures.taken, pictures.part, pictures.current) = (0, 0, nil)
        return pictures
    }

    /// How many there are, where that is known beforehand.
    public var count: Int? { pictures.count.map { min($0, limit) * parts.count } }

    /// SHA-256 of the names of the clean ones.
    public var fingerprint: String? { pictures.fingerprint }

    /// The next picture, not made yet; nil at the end.
    ///
    /// - Throws: ``CorruptPicture``, for each part of a picture that cannot be decoded; `CheckpointError`.
    public mutating func next() throws -> LabelledPicture? {
        guard !parts.isEmpty else { return nil }
        if part == 0 || current == nil { current = try open() }
        switch current {
        case .made(let square, let item):
            let made = picture(square, item, parts[part])
            advance()
            return made
        case .corrupt(let corrupt):
            advance()
            throw corrupt
        case .end, nil: return nil
        }
    }

    /// Passes over a picture; nothing is decoded for one of which nothing is made.
    public mutating func skip() throws -> Bool {
        guard !parts.isEmpty else { return false }
        if part == 0 {
            // Whether there is one shows where the last of its parts is left.
            guard taken < limit else { return false }
            current = nil
        }
        if part == parts.count - 1, current == nil {
            guard try reader.skip() else { return false }
            taken += 1
            part = 0
            return true
        }
        if case .end = current { return false }
        advance()
        return true
    }

    private mutating func advance() {
        part = (part + 1) % parts.count
        if part == 0 { current = nil }
    }

    private mutating func open() throws -> Square {
        guard taken < limit else { return .end }
        taken += 1
        do {
            guard let item = try reader.next(settings) else { return .end }
            return .made(SquarePicture(item.bytes, pool), item)
        } catch let corrupt as CorruptPicture {
            return .corrupt(corrupt)
        }
    }

    private func picture(
        _ square: SquarePicture,
        _ item: CleanPictures.Item,
        _ part: MeasuredPart
    ) -> LabelledPicture {
        var picture = LabelledPicture(
            bytes: OwnedBytes(copying: RawSpan()),
            label: item.label,
            name: item.name,
            origin: item.origin
        )
        picture.part = part.number
        let pool = pool
        picture.making = {
            guard case .corrupted(let corruption, let severity) = part else {
                let bytes = try square.picture().png(isSmall: false)
                return unsafe OwnedBytes(copying: bytes.span.bytes)
            }
            let bytes = try pool.file(
                of: square.picture(),
                item,
                corruption,
                severity: severity
            )
            return unsafe OwnedBytes(copying: bytes.span.bytes)
        }
        return picture
    }
}
