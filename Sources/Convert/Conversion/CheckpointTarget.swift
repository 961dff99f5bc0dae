public import Checkpoint
internal import Proto

/// A V2 checkpoint as the result of a conversion.
public enum CheckpointTarget {
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
            item.dataType == .string || item.dataType.byteCount != nil
                ? nil : "\(item.dataType.name) elements"
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
                        shape: item.source.shape,
                        strings: source.strings(of: item.source),
                        shard: shard
                    )
                }
                continue
            }
            let bytes = try source.bytes(for: item)
            try wrapping { () throws(CheckpointError) in
                try unsafe writer.add(
                    item.name,
                    item.dataType,
                    shape: item.source.shape,
                    bytes: bytes.buffer.bytes,
                    shard: shard
                )
                try bytes.checkIntact()
            }
        }
        try wrapping { () throws(CheckpointError) in try writer.finish() }
    }
}
