internal import COneDNN

/// Shape, element type and layout of a piece of memory; a `dnnl_memory_desc_t`.
struct MemoryDescriptor {
    var raw: dnnl_memory_desc_t

    init(_ raw: dnnl_memory_desc_t) {
        self.raw = raw
    }

    /// One of the library's named layouts; `dnnl_format_tag_any` leaves the choice to a primitive.
    init(
        _ dimensions: [Int],
        _ tag: dnnl_format_tag_t,
        _ type: ElementType = .float32
    ) throws(OneDNNError) {
        var raw = dnnl_memory_desc_t()
        let extents = dimensions.map { dnnl_dim_t($0) }
        try check(
            unsafe dnnl_memory_desc_init_by_tag(
                &raw,
                Int32(extents.count),
                extents,
                type.oneDNN,
                tag
            ),
            "dnnl_memory_desc_init_by_tag"
        )
        self.raw = raw
    }

    /// Bytes, with the padding that the layout wants.
    var byteCount: Int {
        var raw = raw
        return unsafe dnnl_memory_desc_get_size(&raw)
    }

    /// Channels of activations.
    var channels: Int { Int(raw.dims.1) }

    /// Height times width of activations.
    var area: Int { Int(raw.dims.2 * raw.dims.3) }

    /// Float32 values side by side.
    static func vector(_ count: Int) throws(OneDNNError) -> MemoryDescriptor {
        try MemoryDescriptor([count], dnnl_x)
    }

    /// Everything that decides where which value lies, in words.
    var layoutText: String {
        func list(_ values: some Any, _ count: Int32) -> String {
            var values = values
            return unsafe withUnsafeBytes(of: &values) { bytes in
                unsafe bytes.bindMemory(to: dnnl_dim_t.self).prefix(Int(count))
                    .map(String.init).joined(separator: ",")
            }
        }
        var text =
            "\(raw.data_type.rawValue) \(list(raw.dims, raw.ndims)) \(list(raw.padded_dims, raw.ndims))"
            + " \(raw.offset0) \(raw.format_kind.rawValue) \(raw.extra.flags)"
        switch raw.format_kind {
        case dnnl_blocked:
            let blocks = unsafe raw.format_desc.blocking
            text +=
                " \(list(blocks.strides, raw.ndims)) / \(list(blocks.inner_blks, blocks.inner_nblks))"
            text += " \(list(blocks.inner_idxs, blocks.inner_nblks))"
        case dnnl_format_kind_wino:
            text += unsafe " \(raw.format_desc.wino_desc)"
        default: break
        }
        return text
    }

    /// The same bytes, of which only so many count in each dimension; the rest fills up blocks.
    ///
    /// - Precondition: where extents become smaller, the layout's blocks are no larger than what they are padded to.
    func withDimensions(_ extents: [Int]) -> MemoryDescriptor {
        var raw = raw
        unsafe withUnsafeMutableBytes(of: &raw.dims) { bytes in
            let dimensions = unsafe bytes.bindMemory(to: dnnl_dim_t.self)
            for (index, extent) in extents.enumerated() {
                unsafe dimensions[index] = dnnl_dim_t(extent)
            }
        }
        return MemoryDescriptor(raw)
    }

    static func == (first: MemoryDescriptor, second: MemoryDescriptor) -> Bool {
        var first = first.raw
        var second = second.raw
        return unsafe dnnl_memory_desc_equal(&first, &second) != 0
    }

    static func != (first: MemoryDescriptor, second: MemoryDescriptor) -> Bool {
        !(first == second)
    }
}
