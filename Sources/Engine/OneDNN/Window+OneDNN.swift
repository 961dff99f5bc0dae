internal import COneDNN

extension onednn_window {
    /// A window as the library wants it, with so much padding around the picture; `gap` is its dilation, 1 where it is
    /// dense.
    init(_ window: Window, padding: Padding, gap: Axes = Axes(1)) {
        self.init(
            size: (dnnl_dim_t(window.size.height), dnnl_dim_t(window.size.width)),
            stride: (dnnl_dim_t(window.stride.height), dnnl_dim_t(window.stride.width)),
            gap: (dnnl_dim_t(gap.height - 1), dnnl_dim_t(gap.width - 1)),
            before: (dnnl_dim_t(padding.top), dnnl_dim_t(padding.left)),
            after: (dnnl_dim_t(padding.bottom), dnnl_dim_t(padding.right))
        )
    }
}
