internal import CBase

/// Calls `body` once for every index below `count`, on the threads that oneDNN uses too.
///
/// Which thread takes which index is not determined; calls must not depend on each other, nor write to the same place.
package func parallel(_ count: Int, _ body: (Int) -> Void) {
    withoutActuallyEscaping(body) { body in
        var body = body
        unsafe withUnsafeMutablePointer(to: &body) { pointer in
            unsafe base_parallel(
                count,
                { context, index in
                    guard let context = unsafe context else { return }
                    unsafe context.assumingMemoryBound(to: ((Int) -> Void).self).pointee(index)
                },
                UnsafeMutableRawPointer(pointer)
            )
        }
    }
}

/// The number of threads that parallel work of the calling thread uses.
package enum ThreadCount {
    /// Sets the number for parallel work that the calling thread starts from now on.
    package static func set(_ count: Int) {
        precondition(count > 0, "\(count) threads")
        base_set_threads(Int32(count))
    }

    /// The number now.
    package static var current: Int { Int(base_threads()) }

    /// The calling thread's place among those that share the parallel work that this is asked in, below ``current``.
    package static var place: Int { Int(base_thread()) }

    /// Whether these threads are ours, and not those of another OpenMP, which oneDNN was built for.
    package static var areOurs: Bool { base_owns_threads() != 0 }

    /// Whether a function of a library's is an entry of OpenMP that we have not.
    package static func lacks(_ entry: String) -> Bool {
        unsafe entry.withCString { unsafe base_is_foreign_entry($0) != 0 }
    }
}
