/// Every so-manieth of many things.
public struct Part: Equatable, Sendable {
    /// Which of the parts, from 0.
    public let index: Int
    /// How many parts there are.
    public let count: Int

    /// One of so many parts.
    ///
    /// - Precondition: `0 <= index && index < count`.
    public init(index: Int, count: Int) {
        precondition(index >= 0 && index < count, "part \(index) of \(count)")
        self.index = index
        self.count = count
    }
}

extension ValueKind where Value == Part {
    /// `I/N`.
    public static var part: Self {
        ValueKind(
            placeholder: "I/N",
            expectation: "I/N with I from 0 to N - 1, such as 0/4",
            read: { text in
                let numbers = text.split(separator: "/", omittingEmptySubsequences: false)
                    .map { Int($0) }
                guard numbers.count == 2, let index = numbers[0], let count = numbers[1],
                    (1...65536).contains(count), (0..<count).contains(index)
                else { return nil }
                return Part(index: index, count: count)
            },
            write: { "\($0.index)/\($0.count)" }
        )
    }
}
