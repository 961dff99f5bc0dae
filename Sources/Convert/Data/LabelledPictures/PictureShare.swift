/// Some of the pictures of a source: every so-manieth, from a place on, up to a limit.
///
/// Each has its place among all of the source, by which parts come together again.
public struct PictureShare: PictureSource {
    /// The place behind the last picture that was taken or found corrupt.
    public private(set) var reached: Int
    private var source: any PictureSource
    private let part: Int
    private let parts: Int
    private let unit: Int
    private let start: Int
    private let limit: Int
    private var place = 0

    /// A share of a source.
    ///
    /// - Parameters:
    ///   - source: All pictures.
    ///   - part: Which of the shares it is, from 0.
    ///   - parts: How many shares there are.
    ///   - unit: How many pictures that follow one another are not divided.
    ///   - start: The place from which it goes on; those before it are passed over.
    ///   - limit: How many of all pictures there are to be.
    /// - Precondition: `0 <= part && part < parts`, and the unit is positive.
    public init(
        _ source: any PictureSource,
        part: Int,
        of parts: Int,
        unit: Int = 1,
        from start: Int = 0,
        limit: Int? = nil
    ) {
        precondition(part >= 0 && part < parts && unit > 0, "part \(part) of \(parts) by \(unit)")
        self.source = source
        self.part = part
        self.parts = parts
        self.unit = unit
        self.start = start
        self.limit = limit ?? .max
        reached = start
    }

    /// How many there are in this share behind the start, where the number of all is known.
    public var count: Int? { source.count.map { count(of: $0) } }

    /// How many there are in this share behind the start, of so many in all.
    public func count(of all: Int) -> Int {
        let all = min(all, limit)
        // Of the pictures before a place, how many are this share's.
        func own(before place: Int) -> Int {
            let (units, rest) = place.quotientAndRemainder(dividingBy: unit)
            let whole = units / parts + (units % parts > part ? 1 : 0)
            return whole * unit + (units % parts == part ? rest : 0)
        }
        return max(own(before: all) - own(before: min(start, all)), 0)
    }

    /// The next picture of the share; nil at the end.
    public mutating func next() throws -> LabelledPicture? {
        while place < limit {
            let here = place
            guard here >= start, here / unit % parts == part else {
                guard try source.skip() else { return nil }
                place += 1
                continue
            }
            place += 1
            do {
                guard var picture = try source.next() else { return nil }
                reached = place
                picture.place = here
                return picture
            } catch var corrupt as CorruptPicture {
                reached = place
                corrupt.place = here
                throw corrupt
            }
        }
        return nil
    }
}
