internal import CProto

/// Which writer made a file, and which readers may read it.
public struct Versions: Equatable, Sendable {
    /// The writer's version; 0 where none is stated.
    public var producer: Int32 = 0
    /// The oldest reader that may read it.
    public var minimumConsumer: Int32 = 0
    /// Readers that must not read it.
    public var badConsumers: [Int32] = []

    /// Versions that no file states.
    public init() {}

    init(_ message: UnsafeMutablePointer<Tf__Versions>?) {
        guard let stated = unsafe message?.pointee else { return }
        producer = unsafe stated.producer
        minimumConsumer = unsafe stated.min_consumer
        badConsumers = unsafe array(stated.bad_consumers, stated.n_bad_consumers)
    }
}
