internal import CProto
internal import CProtobuf
internal import Glibc

/// The deepest nesting of messages that is taken apart.
private let depthLimit = 100

/// Takes a message apart, lends it to `body`, and frees it.
///
/// Nesting and lengths are checked before the library sees the bytes, and the library may allocate no more than the size
/// of the message warrants.
///
/// - Parameters:
///   - bytes: The message, by itself.
///   - initialize: The generated function that makes an empty message, which knows its own description.
///   - unpack: The generated function that takes it apart.
///   - free: The generated function that frees it.
///   - body: What is done with it.
/// - Returns: What `body` gives.
/// - Throws: ``ProtoError``, also what `body` throws.
func withMessage<Message, Result>(
    _ bytes: RawSpan,
    _ initialize: (UnsafeMutablePointer<Message>?) -> Void,
    _ unpack: (UnsafeMutablePointer<ProtobufCAllocator>?, Int, UnsafePointer<UInt8>?) ->
        UnsafeMutablePointer<Message>?,
    _ free: (UnsafeMutablePointer<Message>?, UnsafeMutablePointer<ProtobufCAllocator>?) -> Void,
    _ body: (UnsafePointer<Message>) throws(ProtoError) -> Result
) throws(ProtoError) -> Result {
    let descriptor = unsafe descriptor(of: Message.self, initialize)
    try unsafe checkNesting(bytes, descriptor)
    // Each byte of a message of small parts becomes up to 64 in memory, but of a large message most bytes are values.
    let size = min(bytes.byteCount, 1 << 40)
    var budget = min(65_536 + 64 * size, (48 << 20) + 12 * size)
    return try unsafe withUnsafeMutablePointer(to: &budget) { budget throws(ProtoError) in
        var allocator = unsafe ProtobufCAllocator(
            alloc: { budget, size in
                guard let left = unsafe budget?.assumingMemoryBound(to: Int.self),
                    unsafe size <= left.pointee
                else {
                    unsafe budget?.storeBytes(of: -1, as: Int.self)
                    return nil
                }
                unsafe left.pointee -= size
                return unsafe malloc(size)
            },
            free: { _, memory in unsafe Glibc.free(memory) },
            allocator_data: UnsafeMutableRawPointer(budget)
        )
        let message = unsafe bytes.withUnsafeBytes { buffer in
            unsafe unpack(
                &allocator,
                buffer.count,
                buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
            )
        }
        guard let message = unsafe message else {
            let name = unsafe name(descriptor)
            // What is left is a known field of another kind than it should be.
            throw unsafe budget.pointee < 0
                ? .tooLarge(message: name, byteCount: bytes.byteCount)
                : .malformed(message: name, offset: 0)
        }
        defer { unsafe free(message, &allocator) }
        return try unsafe body(message)
    }
}

/// The generated description of a message, which every message begins with.
func descriptor<Message>(
    of type: Message.Type,
    _ initialize: (UnsafeMutablePointer<Message>?) -> Void
) -> UnsafePointer<ProtobufCMessageDescriptor> {
    unsafe withUnsafeTemporaryAllocation(of: type, capacity: 1) { room in
        unsafe initialize(room.baseAddress)
        return unsafe UnsafeRawBufferPointer(room).load(as: ProtobufCMessage.self).descriptor
    }
}

/// The message's name without its package.
private func name(_ descriptor: UnsafePointer<ProtobufCMessageDescriptor>) -> String {
    unsafe String(cString: descriptor.pointee.short_name)
}

/// Throws unless every message inside the message is well-formed and none lies too deep.
private func checkNesting(
    _ bytes: RawSpan,
    _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>
) throws(ProtoError) {
    var waiting = unsafe [(range: 0..<bytes.byteCount, descriptor: descriptor, depth: 1)]
    while let (range, descriptor, depth) = unsafe waiting.popLast() {
        guard depth <= depthLimit else {
            throw .tooDeep(message: unsafe name(descriptor), limit: depthLimit)
        }
        try unsafe bytes.forEachWireField(in: range, of: name(descriptor)) { field in
            guard field.type == .lengthDelimited, field.number <= UInt64(UInt32.max),
                let known = unsafe protobuf_c_message_descriptor_get_field(
                    descriptor,
                    UInt32(field.number)
                ),
                unsafe known.pointee.type == PROTOBUF_C_TYPE_MESSAGE,
                let inner = unsafe known.pointee.descriptor
            else { return }
            unsafe waiting.append(
                (
                    field.content,
                    inner.assumingMemoryBound(to: ProtobufCMessageDescriptor.self), depth + 1
                )
            )
        }
    }
}

/// The bytes of a bytes field.
func array(_ data: ProtobufCBinaryData) -> [UInt8] {
    guard let start = unsafe data.data else { return [] }
    return unsafe [UInt8](UnsafeBufferPointer(start: start, count: data.len))
}

/// The elements of a repeated field of plain values.
func array<Element>(_ start: UnsafeMutablePointer<Element>?, _ count: Int) -> [Element] {
    unsafe [Element](UnsafeBufferPointer(start: start, count: start == nil ? 0 : count))
}

/// The elements of a repeated field of messages, converted one by one.
func array<Message, Element>(
    _ start: UnsafeMutablePointer<UnsafeMutablePointer<Message>?>?,
    _ count: Int,
    _ convert: (Message) throws(ProtoError) -> Element
) throws(ProtoError) -> [Element] {
    var elements: [Element] = []
    elements.reserveCapacity(count)
    for index in 0..<count {
        if let message = unsafe start?[index] {
            elements.append(try convert(unsafe message.pointee))
        }
    }
    return elements
}

/// The text of a bytes field; what is not UTF-8 becomes U+FFFD.
func text(_ data: ProtobufCBinaryData) -> String {
    guard let start = unsafe data.data else { return "" }
    return unsafe String(
        decoding: UnsafeBufferPointer(start: start, count: data.len),
        as: UTF8.self
    )
}

/// The byte strings of a repeated bytes field.
func arrays(_ start: UnsafeMutablePointer<ProtobufCBinaryData>?, _ count: Int) -> [[UInt8]] {
    unsafe array(start, count).map { unsafe array($0) }
}

/// The texts of a repeated bytes field.
func texts(_ start: UnsafeMutablePointer<ProtobufCBinaryData>?, _ count: Int) -> [String] {
    unsafe array(start, count).map { unsafe text($0) }
}
