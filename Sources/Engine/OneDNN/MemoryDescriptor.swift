internal import COneDNN

/// Shape, element type and layout of a piece of memory; what the library calls a memory descriptor.
struct MemoryDescriptor {
    private let layout: Layout

    /// The library's own form of it, for as long as this lives.
    var raw: OpaquePointer { unsafe layout.handle }

    /// One of the library's named layouts; `dnnl_format_tag_any` leaves the choice to a primitive.
    init(
        _ dimensions: [Int],
        _ tag: dnnl_format_tag_t,
        _ type: ElementType = .float32
    ) throws(OneDNNError) {
        let extents = dimensions.map { dnnl_dim_t($0) }
        layout = try unsafe Layout("dnnl_memory_desc_create_with_tag") {
            unsafe onednn_layout_by_tag(&$0, Int32(extents.count), extents, type.oneDNN, tag)
        }
    }

    /// The layout that an implementation wants of something, if it wants any.
    @unsafe
    init?(wantedBy primitive: dnnl_primitive_desc_t, _ what: dnnl_query_t, _ index: Int32) {
        var handle: OpaquePointer?
        let status = unsafe onednn_layout_wanted(&handle, primitive, what, index)
        guard status == dnnl_success, let handle = unsafe handle else { return nil }
        layout = unsafe Layout(handle)
    }

    private init(_ layout: Layout) {
        self.layout = layout
    }

    /// Bytes, with the padding that the layout wants.
    var byteCount: Int { unsafe onednn_layout_size(raw) }

    /// Channels of activations.
    var channels: Int { unsafe Int(onednn_layout_extent(raw, 1)) }

    /// Height times width of activations.
    var area: Int { unsafe Int(onednn_layout_extent(raw, 2) * onednn_layout_extent(raw, 3)) }

    /// Float32 values side by side.
    static func vector(_ count: Int) throws(OneDNNError) -> MemoryDescriptor {
        try MemoryDescriptor([count], dnnl_x)
    }

    /// Everything that decides where which value lies, in numbers.
    var layoutText: String {
        let capacity = ONEDNN_LAYOUT_WORDS
        let words = unsafe [Int64](unsafeUninitializedCapacity: capacity) { words, count in
            count = unsafe words.baseAddress.map { unsafe Int(onednn_layout_words(raw, $0)) } ?? 0
        }
        return words.map(String.init).joined(separator: " ")
    }

    /// The same bytes, of which only so many count in each dimension; the rest fills up blocks.
    ///
    /// - Precondition: where extents become smaller, the layout's blocks are no larger than what they are padded to.
    /// - Throws: where the library cannot say so of this layout.
    func withDimensions(_ extents: [Int]) throws(EngineError) -> MemoryDescriptor {
        let extents = extents.map { dnnl_dim_t($0) }
        return try wrapped { () throws(OneDNNError) in
            MemoryDescriptor(
                try unsafe Layout("dnnl_memory_desc_create_with_tag") {
                    unsafe onednn_layout_within(&$0, raw, extents)
                }
            )
        }
    }

    static func == (first: MemoryDescriptor, second: MemoryDescriptor) -> Bool {
        unsafe onednn_layout_equal(first.raw, second.raw) != 0
    }

    static func != (first: MemoryDescriptor, second: MemoryDescriptor) -> Bool {
        !(first == second)
    }
}

/// Owns one `dnnl_memory_desc_t`.
@safe
private final class Layout {
    let handle: OpaquePointer

    init(
        _ function: StaticString,
        _ make: (inout OpaquePointer?) -> dnnl_status_t
    ) throws(OneDNNError) {
        unsafe handle = try create(function, make)
    }

    @unsafe
    init(_ handle: OpaquePointer) {
        unsafe self.handle = handle
    }

    deinit { unsafe onednn_layout_free(handle) }
}
