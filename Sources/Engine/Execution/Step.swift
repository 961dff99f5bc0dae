/// A piece of work in a plan, done before memory is assigned to the buffers it names.
struct Step {
    typealias Work = () throws(EngineError) -> Void

    /// The node that it computes.
    let node: String
    /// The kind of layer.
    let kind: String
    /// The name of the code that runs: oneDNN's, or `kernel` for our own.
    let implementation: String
    /// Multiplications and additions.
    let operations: Int
    let reads: [Int]
    let writes: [Int]
    /// Bytes of kernels and the like that it goes through.
    var keptByteCount = 0
    /// Multiplications and additions that it does, where those are not its operations.
    var arithmetic: Int?
    /// Makes the work, once every buffer has its place.
    let bind: (Arena) throws(EngineError) -> Work
}
