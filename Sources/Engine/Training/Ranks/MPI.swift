internal import CRanks

/// Processes that `mpirun` or `srun` has started, by the MPI library that a shared object of ours was built against.
///
/// - SeeAlso: <https://www.mpi-forum.org/docs/>; `Scripts/mpi` builds the shared objects.
@safe
public final class MPI: Communicator {
    private let library: UnsafeMutablePointer<ranks_library>

    /// Messages have at most so many bytes; what is longer goes in several.
    private static let mostBytes = 1 << 30

    /// Loads a shared object and begins, together with all other ranks.
    ///
    /// - Parameter path: What `Scripts/mpi` has built.
    /// - Throws: ``EngineError/transport(reason:)``.
    public init(path: String) throws(EngineError) {
        var reason = [CChar](repeating: 0, count: 1024)
        guard let library = unsafe ranks_open(path, &reason, reason.count) else {
            let bytes = reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            throw .transport(reason: String(decoding: bytes, as: UTF8.self))
        }
        let status = unsafe ranks_start(library)
        guard status == 0 else {
            throw .transport(reason: "the MPI library does not start: its error \(status)")
        }
        unsafe self.library = library
        unsafe rank = Int(library.pointee.rank)
        unsafe count = Int(library.pointee.count)
        unsafe name = String(cString: ranks_name(library))
        unsafe host = String(cString: ranks_host(library))
    }

    /// Which one this is, from 0.
    public let rank: Int
    /// How many there are.
    public let count: Int
    /// What the library calls itself.
    public let name: String
    /// The machine that this process runs on.
    public let host: String

    /// Whether another rank wants all of them to stop.
    public var isAskedToStop: Bool { unsafe ranks_stopped(library) != 0 }

    /// Asks all other ranks to stop.
    public func askToStop() { unsafe ranks_stop(library) }

    /// Sends to ranks and receives from ranks, and returns when all of it is done.
    public func exchange(
        _ sent: [(rank: Int, bytes: UnsafeRawBufferPointer)],
        _ received: [(rank: Int, bytes: UnsafeMutableRawBufferPointer)]
    ) {
        var outgoing: [ranks_message] = unsafe []
        for unsafe(rank, bytes) in unsafe sent {
            unsafe Self.append(UnsafeMutableRawBufferPointer(mutating: bytes), rank, &outgoing)
        }
        var incoming: [ranks_message] = unsafe []
        for unsafe(rank, bytes) in unsafe received {
            unsafe Self.append(bytes, rank, &incoming)
        }
        let status = unsafe ranks_exchange(
            library,
            outgoing,
            Int32(outgoing.count),
            incoming,
            Int32(incoming.count)
        )
        // The library ends all ranks where a message is lost, so this is seen only where memory is.
        if status != 0 { abort(code: 3) }
    }

    private static func append(
        _ bytes: UnsafeMutableRawBufferPointer,
        _ rank: Int,
        _ messages: inout [ranks_message]
    ) {
        for start in stride(from: 0, to: bytes.count, by: mostBytes) {
            let count = min(mostBytes, bytes.count - start)
            unsafe messages.append(
                ranks_message(
                    bytes: bytes.baseAddress.map { unsafe $0 + start },
                    count: Int32(count),
                    rank: Int32(rank)
                )
            )
        }
    }

    /// Ends all ranks, with an exit code.
    public func abort(code: Int32) { unsafe ranks_abort(library, code) }

    /// Ends in order, together with all other ranks; nothing can be exchanged any more.
    public func finish() { unsafe ranks_finish(library) }
}

extension MPI: @unchecked Sendable {}  // the library's calls are guarded by a lock of ours
