/// Operations that look at one value at a time.
extension Picture {
    mutating func mapValues(_ change: (UInt8) -> UInt8) {
        let table = (0...255).map { change(UInt8($0)) }
        replace(by: table + table + table)
    }

    /// Replaces the values of each channel by a table of 256 that is made from how often each occurs.
    private mutating func mapChannels(_ table: (_ counts: [Int]) -> [UInt8]) {
        replace(by: (0..<3).flatMap { table(histogram($0)) })
    }

    private mutating func replace(by tables: [UInt8]) {
        var values = pixels.mutableSpan
        var channel = 0
        for index in values.indices {
            values[index] = tables[channel << 8 | Int(values[index])]
            channel = channel == 2 ? 0 : channel + 1
        }
    }

    /// How often each value occurs in a channel.
    private func histogram(_ channel: Int) -> [Int] {
        var counts = [Int](repeating: 0, count: 256)
        let values = pixels.span
        for index in stride(from: channel, to: values.count, by: 3) {
            counts[Int(values[index])] += 1
        }
        return counts
    }

    /// Stretches each channel so that its least value becomes 0 and its largest 255.
    mutating func stretch() {
        mapChannels { counts in
            guard let least = counts.firstIndex(where: { $0 > 0 }),
                let most = counts.lastIndex(where: { $0 > 0 }), most > least
            else { return (0...255).map { UInt8($0) } }
            let scale = 255 / (Float(most) - Float(least))
            let offset = -Float(least) * scale
            return (0...255).map { value in
                let stretched = Float(value) * scale
                return UInt8(min(max(stretched + offset, 0), 255))
            }
        }
    }

    /// Makes the values of each channel as equally frequent as may be.
    mutating func equalize() {
        mapChannels { counts in
            let last = counts.last { $0 > 0 } ?? 0
            let step = (counts.reduce(0, +) - last) / 255
            guard step > 0 else { return (0...255).map { UInt8($0) } }
            var sum = 0
            return counts.enumerated().map { value, count in
                defer { sum += count }
                return value == 0 ? 0 : UInt8(min((sum + step / 2) / step, 255))
            }
        }
    }
}
