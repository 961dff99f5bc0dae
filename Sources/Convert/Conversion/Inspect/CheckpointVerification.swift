public import Formats
public import Checkpoint
internal import Dispatch
internal import Proto
internal import Synchronization

/// A check of everything that a checkpoint's files hold: each checksum, each data file, overlaps and gaps.
public struct CheckpointVerification: Sendable {
    /// Something that is wrong.
    public struct Fault: Equatable, Sendable {
        /// The tensor concerned, if it is one.
        public let tensor: String?
        /// The data file's number, if one is concerned.
        public let shard: Int?
        /// Where it is, if it is at one place.
        public let offset: Int64?
        /// A sentence.
        public let reason: String
    }

    /// What is wrong, in the order of the tensors.
    public private(set) var faults: [Fault] = []
    /// Bytes of data files that no tensor owns; they harm nobody.
    public private(set) var gaps: [Fault] = []
    /// The names of the tensors that can be read.
    public private(set) var intact: [String] = []
    /// The names of those that cannot.
    public private(set) var lost: [String] = []
    /// The bytes that were compared with a checksum.
    public private(set) var byteCount: Int64 = 0

    /// Whether the format has checksums; without, only places and sizes can be wrong.
    public let hasChecksums: Bool

    /// Whether nothing is wrong.
    public var isIntact: Bool { faults.isEmpty }

    /// Reads everything.
    ///
    /// - Parameters:
    ///   - source: The checkpoint.
    ///   - unread: Arrays beside its tensors that cannot be read; those that are damaged are faults.
    ///   - threads: The most threads that read at the same time.
    public init(_ source: any TensorSource, unread: [UnreadArray] = [], threads: Int = 1) {
        let tensors = source.tensors
        hasChecksums = source is BundleReader || source is LegacyReader || source is NPZReader
        // What is wrong with many for one reason is one fault.
        let damaged = Dictionary(grouping: unread.filter(\.isDamaged), by: \.reason)
        for (reason, arrays) in damaged.sorted(by: { $0.key < $1.key }) {
            let others = arrays.count > 1 ? " and \(arrays.count - 1) others" : ""
            faults.append(
                Fault(
                    tensor: arrays[0].name,
                    shard: nil,
                    offset: nil,
                    reason: "'\(arrays[0].name)'\(others) \(reason)"
                )
            )
            lost += arrays.map(\.name)
        }
        let bundle = source as? BundleReader
        if let bundle {
            for fault in bundle.faults {
                faults.append(Fault(fault, shard: nil))
            }
            lost += bundle.faults.compactMap(\.tensorName)
        }
        // One fault for a file that is missing or too short, and not one for each of its tensors.
        let unreachable = bundle.map { checkFiles($0) } ?? []
        checkObjects(source)
        // The largest first, so that no thread is left alone with one of them.
        let order = tensors.indices.filter { !unreachable.contains(tensors[$0].key) }.sorted {
            tensors[$0].byteCount > tensors[$1].byteCount
        }
        let found = Mutex<[Int: CheckpointError]>([:])
        let next = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: max(1, min(threads, 256))) { _ in
            while true {
                let place = next.add(1, ordering: .relaxed).oldValue
                guard place < order.count else { return }
                let index = order[place]
                if let error = Self.error(in: tensors[index], source) {
                    found.withLock { $0[index] = error }
                }
            }
        }
        let errors = found.withLock { $0 }
        for (index, tensor) in tensors.enumerated() {
            if bundle == nil { byteCount += tensor.byteCount }
            if unreachable.contains(tensor.key) {
                lost.append(tensor.name)
            } else if let error = errors[index] {
                faults.append(
                    Fault(
                        tensor: tensor.name,
                        shard: tensor.slices.isEmpty ? tensor.shard : nil,
                        offset: tensor.slices.isEmpty ? tensor.offset : nil,
                        reason: "\(error)"
                    )
                )
                lost.append(tensor.name)
            } else {
                intact.append(tensor.name)
            }
        }
        if let bundle { checkPlaces(bundle) }
    }

    /// Looks for data files that are missing, or shorter than their tensors need; gives the tensors that are lost by it.
    private mutating func checkFiles(_ bundle: BundleReader) -> Set<[UInt8]> {
        var lost: Set<[UInt8]> = []
        for fault in DataFileFault.faults(of: bundle) {
            lost.formUnion(fault.lost)
            faults.append(
                Fault(tensor: nil, shard: fault.shard, offset: nil, reason: fault.reason)
            )
        }
        return lost
    }

    /// Looks at the graph of objects, where there is one.
    private mutating func checkObjects(_ source: any TensorSource) {
        do throws(CheckpointError) {
            for reason in try CheckpointObjects(source)?.faults ?? [] {
                faults.append(Fault(tensor: nil, shard: nil, offset: nil, reason: reason))
            }
        } catch {
            // Bytes that are damaged are told where the tensors are read.
            guard case .message = error else { return }
            faults.append(
                Fault(
                    tensor: CheckpointObjects.graphTensor,
                    shard: nil,
                    offset: nil,
                    reason: "\(error)"
                )
            )
        }
    }

    /// What is wrong with a tensor's bytes.
    private static func error(
        in tensor: TensorEntry,
        _ source: any TensorSource
    ) -> CheckpointError? {
        do throws(CheckpointError) {
            if tensor.dataType == .string {
                _ = try source.strings(of: tensor)
            } else if let bundle = source as? BundleReader, tensor.slices.isEmpty {
                _ = try bundle.storedBytes(of: tensor, verifies: true)
            } else {
                _ = try source.bytes(of: tensor, verifies: true)
            }
            return nil
        } catch {
            return error
        }
    }

    /// Looks for bytes of data files with two owners or none.
    private mutating func checkPlaces(_ bundle: BundleReader) {
        var owned: [Int: [TensorEntry]] = [:]
        for entry in bundle.storedEntries {
            byteCount = byteCount.addingReportingOverflow(entry.byteCount).partialValue
        }
        for entry in bundle.storedEntries where entry.byteCount > 0 {
            owned[entry.shard, default: []].append(entry)
        }
        // A checkpoint can state any number of files; those without tensors count only as missing or empty.
        for shard in 0..<min(bundle.shardCount, max(owned.keys.max() ?? 0, 4096) + 1) {
            let path = bundle.shardPath(shard)
            let size: Int64
            // What is wrong with the file itself has been said.
            guard let file = try? MappedFile(path: path) else { continue }
            size = Int64(file.count)
            var end: Int64 = 0
            var last: TensorEntry?
            let entries = owned[shard, default: []]
                .sorted { ($0.offset, $0.byteCount) < ($1.offset, $1.byteCount) }
            for entry in entries {
                if entry.offset < end, let last {
                    faults.append(
                        Fault(
                            tensor: entry.name,
                            shard: shard,
                            offset: entry.offset,
                            reason: "\(path): tensor '\(entry.name)' at byte \(entry.offset) "
                                + "overlaps '\(last.name)', which ends at \(end)"
                        )
                    )
                } else if entry.offset > end {
                    addGap(end, entry.offset, shard, path)
                }
                if entry.offset + entry.byteCount > end {
                    end = entry.offset + entry.byteCount
                    last = entry
                }
            }
            if size > end { addGap(end, size, shard, path) }
        }
    }

    private mutating func addGap(_ start: Int64, _ end: Int64, _ shard: Int, _ path: String) {
        gaps.append(
            Fault(
                tensor: nil,
                shard: shard,
                offset: start,
                reason: "\(path): no tensor owns the \(end - start) bytes at byte \(start)"
            )
        )
    }
}

extension CheckpointVerification.Fault {
    init(_ error: CheckpointError, shard: Int?) {
        self.init(tensor: error.tensorName, shard: shard, offset: nil, reason: "\(error)")
    }
}

extension CheckpointError {
    /// The tensor that an error is about.
    fileprivate var tensorName: String? {
        switch self {
        case .malformedEntry(_, let tensor, _): tensor
        case .message(_, let key, _): key
        case .truncatedTensor(_, let tensor, _, _, _): tensor
        case .tensorChecksum(_, let tensor, _, _, _): tensor
        default: nil
        }
    }
}
