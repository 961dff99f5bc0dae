public import Checkpoint
internal import Proto

/// The comparison of a result, read back from its file, with what it was made of.
public struct TensorProof: Sendable {
    /// Tensors equal to the source bit for bit.
    public private(set) var identicalCount = 0
    /// Tensors that were cast, every element the nearest of its type.
    public private(set) var roundedCount = 0
    /// What differs: a sentence for each tensor.
    public private(set) var faults: [String] = []
    /// The largest absolute difference that rounding made.
    public private(set) var largestError: Float = 0
    /// The largest difference by the size of the element, over elements that are normal numbers.
    public private(set) var largestRelativeError: Float = 0

    /// A comparison that was made elsewhere.
    init(identical: Int, faults: [String]) {
        identicalCount = identical
        self.faults = faults
    }

    /// Compares every tensor of a plan.
    ///
    /// - Parameters:
    ///   - plan: What was to be written.
    ///   - source: What it was made of.
    ///   - result: What was written, as its reader sees it.
    /// - Throws: ``ConversionError/checkpoint(_:)`` if either cannot be read.
    public init(
        _ plan: ConversionPlan,
        of source: any TensorSource,
        in result: any TensorSource
    ) throws(ConversionError) {
        for item in plan.items {
            guard let found = result.tensor(named: item.name) else {
                faults.append("\(item.name): missing")
                continue
            }
            guard found.dataType == item.dataType, found.shape == item.shape else {
                faults.append(
                    "\(item.name): \(found.dataType.name)\(found.shape), expected "
                        + "\(item.dataType.name)\(item.shape)"
                )
                continue
            }
            if item.dataType == .string {
                let isEqual = try wrapping { () throws(CheckpointError) in
                    try source.strings(of: item.source) == result.strings(of: found)
                }
                note(isEqual, item.name)
                continue
            }
            if item.dataType == .variant {
                let pair = try wrapping { () throws(CheckpointError) in
                    (try source.variants(of: item.source), try result.variants(of: found))
                }
                note(unsafe pair.0.buffer.elementsEqual(pair.1.buffer), item.name)
                continue
            }
            let pair = try wrapping { () throws(CheckpointError) in
                (
                    try source.bytes(of: item.source, verifies: true),
                    try result.bytes(of: found, verifies: true)
                )
            }
            let expected = pair.0.arranged(for: item, width: item.source.dataType.byteCount ?? 1)
            if item.isCast {
                compare(expected, pair.1, item)
            } else {
                note(unsafe expected.buffer.elementsEqual(pair.1.buffer), item.name)
            }
            pair.0.release()
            pair.1.release()
        }
        let extra = result.tensors.count - plan.items.count
        if extra > 0 { faults.append("there are \(extra) tensors that were not to be written") }
    }

    private mutating func note(_ isEqual: Bool, _ name: String) {
        if isEqual { identicalCount += 1 } else { faults.append("\(name): bytes differ") }
    }

    private mutating func compare(
        _ source: StoredBytes,
        _ result: StoredBytes,
        _ item: ConversionPlan.Item
    ) {
        var wrong = 0
        for index in 0..<item.source.elementCount {
            let before = TensorCast.value(source, index, item.source.dataType)
            let after = TensorCast.value(result, index, item.dataType)
            if !TensorCast.isRounded(after, of: before, to: item.dataType) { wrong += 1 }
            guard before.isFinite, after.isFinite else { continue }
            let error = (after - before).magnitude
            largestError = max(largestError, error)
            if before.magnitude >= 0x1p-14 {
                largestRelativeError = max(largestRelativeError, error / before.magnitude)
            }
        }
        if wrong == 0 {
            roundedCount += 1
        } else {
            faults.append("\(item.name): \(wrong) elements do not fit \(item.dataType.name)")
        }
    }
}
