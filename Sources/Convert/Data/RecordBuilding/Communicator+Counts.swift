internal import Engine

extension Communicator {
    /// The lines of all ranks, at every one of them.
    func gatherLines(_ lines: [String]) -> [String] {
        guard count > 1 else { return lines }
        // A name may hold a line break, but no zero.
        let own: [UInt8] = lines.flatMap { line -> [UInt8] in Array(line.utf8) + [0] }
        return gatherEverywhere(own).flatMap { bytes -> [String] in
            bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        }
    }

    /// The sums of two counts over all ranks, at every one of them.
    func sums(_ first: Int, _ second: Int) -> (Int, Int) {
        guard count > 1 else { return (first, second) }
        let lines = gatherLines(["\(first)", "\(second)"]).map { Int($0) ?? 0 }
        let places = stride(from: 0, to: lines.count, by: 2)
        return (places.reduce(0) { $0 + lines[$1] }, places.reduce(0) { $0 + lines[$1 + 1] })
    }
}
