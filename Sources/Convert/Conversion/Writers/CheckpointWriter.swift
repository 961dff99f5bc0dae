public import Checkpoint
internal import Foundation
internal import Proto

/// Writes a V2 checkpoint.
public enum CheckpointWriter {
    /// The paths that a checkpoint will have, the index last.
    public static func paths(prefix: String, shardCount: Int) -> [String] {
        (0..<shardCount).map {
            "\(prefix).data-\(padded($0))-of-\(padded(shardCount))"
        } + [prefix + ".index"]
    }

    private static func padded(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }

    /// Removes the data files of an earlier checkpoint of this name that had another number of them.
    private static func removeOthers(_ prefix: String, _ shardCount: Int) {
        let folder = prefix.lastIndex(of: "/").map { String(prefix[...$0]) } ?? "./"
        let start = prefix.split(separator: "/").last.map { "\($0).data-" } ?? ".data-"
        let own = Set(
            paths(prefix: prefix, shardCount: shardCount).compactMap {
                $0.split(separator: "/").last.map { Name(String($0)) }
            }
        )
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names where name.begins(with: start) && !own.contains(Name(name)) {
            let number = name.dropFirst(start.count).split(
                separator: "-",
                omittingEmptySubsequences: false
            )
            guard number.count == 3, number[1] == "of",
                [number[0], number[2]].allSatisfy({ digits in
                    digits.count >= 5 && digits.utf8.allSatisfy { (48...57).contains($0) }
                })
            else { continue }
            try? FileManager.default.removeItem(atPath: folder + name)
        }
    }

    /// Writes the tensors of a plan, one after the other, in data files of about the same size.
    ///
    /// - Throws: ``ConversionError``.
    public static func write(
        _ plan: ConversionPlan,
        from source: any TensorSource,
        prefix: String,
        shardCount: Int = 1
    ) throws(ConversionError) {
        try plan.check("a checkpoint") { item in
            switch item.dataType {
            case .string: nil
            // Their bytes are copied as they are.
            case .variant where (source as? BundleReader)?.isBigEndian == false: nil
            default: item.dataType.byteCount == nil ? "\(item.dataType.name) elements" : nil
            }
        }
        let total = max(plan.items.reduce(0) { $0 + $1.byteCount }, 1)
        let writer = try wrapping { () throws(CheckpointError) in
            try BundleWriter(prefix: prefix, shardCount: shardCount)
        }
        var written = 0
        // A bundle's order is that of the names.
        let items = plan.items.sorted {
            $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
        }
        for item in items {
            let share = Int(Double(written) / Double(total) * Double(shardCount))
            let shard = min(shardCount - 1, share)
            written += item.byteCount
            if item.dataType == .string {
                try wrapping { () throws(CheckpointError) in
                    try writer.add(
                        item.name,
                        shape: item.shape,
                        strings: source.strings(of: item.source),
                        shard: shard
                    )
                }
                continue
            }
            if item.dataType == .variant {
                let bytes = try wrapping { () throws(CheckpointError) in
                    try source.variants(of: item.source)
                }
                try wrapping { () throws(CheckpointError) in
                    try unsafe writer.add(
                        item.name,
                        variantsOf: item.shape,
                        bytes: bytes.buffer.bytes,
                        checksum: item.source.checksum,
                        shard: shard
                    )
                    try bytes.checkIntact()
                }
                continue
            }
            let bytes = try source.bytes(for: item)
            try wrapping { () throws(CheckpointError) in
                try unsafe writer.add(
                    item.name,
                    item.dataType,
                    shape: item.shape,
                    bytes: bytes.buffer.bytes,
                    shard: shard
                )
                try bytes.checkIntact()
                bytes.release()
            }
        }
        try wrapping { () throws(CheckpointError) in try writer.finish() }
        removeOthers(prefix, shardCount)
    }
}
