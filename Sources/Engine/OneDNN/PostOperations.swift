internal import COneDNN

/// What a primitive does to its result before it is written.
struct PostOperations {
    /// The result is added to what lies at the destination.
    var addsToDestination = false
    /// Negative results become zero.
    var isRectified = false
    /// Functions of each value, one after the other.
    var functions: [ElementFunction] = []

    /// The attributes of a primitive that does this and takes its scratch memory from its caller.
    func attributes() throws(OneDNNError) -> dnnl_primitive_attr_t {
        let attributes = try unsafe create("dnnl_primitive_attr_create") {
            unsafe dnnl_primitive_attr_create(&$0)
        }
        do {
            try check(
                unsafe dnnl_primitive_attr_set_scratchpad_mode(
                    attributes,
                    dnnl_scratchpad_mode_user
                ),
                "dnnl_primitive_attr_set_scratchpad_mode"
            )
            try unsafe attach(to: attributes)
        } catch {
            unsafe dnnl_primitive_attr_destroy(attributes)
            throw error
        }
        return unsafe attributes
    }

    private func attach(to attributes: dnnl_primitive_attr_t) throws(OneDNNError) {
        guard addsToDestination || isRectified || !functions.isEmpty else { return }
        let operations = try unsafe create("dnnl_post_ops_create") {
            unsafe dnnl_post_ops_create(&$0)
        }
        defer { unsafe dnnl_post_ops_destroy(operations) }
        if addsToDestination {
            try check(
                unsafe onednn_append_sum(operations),
                "dnnl_post_ops_append_sum"
            )
        }
        if isRectified {
            try check(
                unsafe onednn_append_function(operations, dnnl_eltwise_relu, 0, 0),
                "dnnl_post_ops_append_eltwise"
            )
        }
        for function in functions {
            try check(
                unsafe onednn_append_function(
                    operations,
                    function.algorithm,
                    function.alpha,
                    function.beta
                ),
                "dnnl_post_ops_append_eltwise"
            )
        }
        try check(
            unsafe dnnl_primitive_attr_set_post_ops(attributes, operations),
            "dnnl_primitive_attr_set_post_ops"
        )
    }
}
