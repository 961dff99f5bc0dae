// oneDNN 3: an operation and its attributes are given in one call, and layouts are closed.
#pragma once

// MARK: Layouts

static inline void onednn_layout_free(struct onednn_layout *layout) {
    dnnl_memory_desc_destroy((dnnl_memory_desc_t)layout);
}

static inline dnnl_status_t onednn_layout_by_tag(
    struct onednn_layout **result, int rank, const dnnl_dim_t *extents, dnnl_data_type_t type,
    dnnl_format_tag_t tag) {
    return dnnl_memory_desc_create_with_tag(
        (dnnl_memory_desc_t *)result, rank, extents, type, tag);
}

/// The layout that a primitive wants of something; NULL where it knows none.
static inline dnnl_status_t onednn_layout_wanted(
    struct onednn_layout **result, const_dnnl_primitive_desc_t primitive, dnnl_query_t what, int index) {
    const_dnnl_memory_desc_t found = dnnl_primitive_desc_query_md(primitive, what, index);
    *result = NULL;
    return found ? dnnl_memory_desc_clone((dnnl_memory_desc_t *)result, found) : dnnl_success;
}

/// A number of a layout's; `other` where there is none.
static inline int onednn_layout_number(
    const struct onednn_layout *layout, dnnl_query_t what, int other) {
    int number = other;
    return dnnl_memory_desc_query(onednn_raw(layout), what, &number) == dnnl_success ? number
                                                                                       : other;
}

/// A list of a layout's; NULL where there is none.
static inline const dnnl_dim_t *onednn_layout_list(
    const struct onednn_layout *layout, dnnl_query_t what) {
    const dnnl_dims_t *list = NULL;
    if (dnnl_memory_desc_query(onednn_raw(layout), what, (void *)&list) != dnnl_success) return NULL;
    return list ? *list : NULL;
}

static inline int onednn_layout_rank(const struct onednn_layout *layout) {
    return onednn_layout_number(layout, dnnl_query_ndims_s32, 0);
}

static inline dnnl_dim_t onednn_layout_extent(const struct onednn_layout *layout, int axis) {
    const dnnl_dim_t *extents = onednn_layout_list(layout, dnnl_query_dims);
    return extents && axis < onednn_layout_rank(layout) ? extents[axis] : 1;
}

static inline dnnl_data_type_t onednn_layout_type(const struct onednn_layout *layout) {
    dnnl_data_type_t type = dnnl_data_type_undef;
    dnnl_memory_desc_query(onednn_raw(layout), dnnl_query_data_type, &type);
    return type;
}

/// The same bytes, of which only so many count in each dimension; the rest fills up blocks.
///
/// No call makes this of a layout, so it is made anew: by the strides, where there are no blocks, or else by the name
/// that the layout goes by, as long as the same blocks are filled up. dnnl_unimplemented where neither does it.
static inline dnnl_status_t onednn_layout_within(
    struct onednn_layout **result, const struct onednn_layout *layout, const dnnl_dim_t *extents) {
    int rank = onednn_layout_rank(layout);
    dnnl_data_type_t type = onednn_layout_type(layout);
    const dnnl_dim_t *whole = onednn_layout_list(layout, dnnl_query_dims);
    const dnnl_dim_t *strides = onednn_layout_list(layout, dnnl_query_strides);
    if (!whole || !strides) return dnnl_unimplemented;
    if (onednn_layout_number(layout, dnnl_query_inner_nblks_s32, 0) == 0) {
        return dnnl_memory_desc_create_with_strides(
            (dnnl_memory_desc_t *)result, rank, extents, type, strides);
    }
    for (int tag = dnnl_format_tag_any + 1; tag < dnnl_format_tag_last; ++tag) {
        struct onednn_layout *named = NULL;
        if (onednn_layout_by_tag(&named, rank, whole, type, (dnnl_format_tag_t)tag) != dnnl_success) {
            continue;
        }
        int is_this = onednn_layout_equal(named, layout);
        onednn_layout_free(named);
        if (!is_this) continue;
        dnnl_status_t status =
            onednn_layout_by_tag(result, rank, extents, type, (dnnl_format_tag_t)tag);
        if (status != dnnl_success) return status;
        const dnnl_dim_t *steps = onednn_layout_list(*result, dnnl_query_strides);
        int fits = steps && onednn_layout_size(*result) == onednn_layout_size(layout);
        for (int axis = 0; fits && axis < rank; ++axis) fits = steps[axis] == strides[axis];
        if (fits) return dnnl_success;
        onednn_layout_free(*result);
        *result = NULL;
    }
    return dnnl_unimplemented;
}

/// All that decides where which value lies, as numbers; returns how many.
static inline int onednn_layout_words(const struct onednn_layout *layout, int64_t *words) {
    int count = 0;
    int rank = onednn_layout_rank(layout);
    dnnl_format_kind_t kind = dnnl_format_kind_undef;
    dnnl_memory_desc_query(onednn_raw(layout), dnnl_query_format_kind, &kind);
    int64_t offset = 0;
    dnnl_memory_desc_query(onednn_raw(layout), dnnl_query_submemory_offset_s64, &offset);
    words[count++] = onednn_layout_type(layout);
    words[count++] = kind;
    words[count++] = offset;
    words[count++] = rank;
    const dnnl_query_t lists[] = {dnnl_query_dims, dnnl_query_padded_dims, dnnl_query_strides};
    for (size_t list = 0; list < sizeof lists / sizeof *lists; ++list) {
        const dnnl_dim_t *values = onednn_layout_list(layout, lists[list]);
        for (int axis = 0; axis < rank; ++axis) words[count++] = values ? values[axis] : -1;
    }
    int blocks = onednn_layout_number(layout, dnnl_query_inner_nblks_s32, 0);
    const dnnl_dim_t *sizes = onednn_layout_list(layout, dnnl_query_inner_blks);
    const dnnl_dim_t *axes = onednn_layout_list(layout, dnnl_query_inner_idxs);
    words[count++] = blocks;
    for (int index = 0; sizes && axes && index < blocks; ++index) {
        words[count++] = sizes[index];
        words[count++] = axes[index];
    }
    return count;
}

// MARK: What follows an operation

static inline dnnl_status_t onednn_append_sum(dnnl_post_ops_t operations) {
    return dnnl_post_ops_append_sum(operations, 1, 0, dnnl_data_type_undef);
}

/// Two functions have got numbers that version 2 had built in.
static inline void onednn_complete(dnnl_alg_kind_t function, float *alpha, float *beta) {
    if (function == dnnl_eltwise_soft_relu) *alpha = 1;
    if (function == dnnl_eltwise_hardswish) {
        *alpha = 1.0f / 6;
        *beta = 0.5f;
    }
}

static inline dnnl_status_t onednn_append_function(
    dnnl_post_ops_t operations, dnnl_alg_kind_t function, float alpha, float beta) {
    onednn_complete(function, &alpha, &beta);
    return dnnl_post_ops_append_eltwise(operations, function, alpha, beta);
}

// MARK: Operations

static inline dnnl_status_t onednn_function(
    dnnl_primitive_desc_t *result, dnnl_engine_t engine, dnnl_alg_kind_t function, float alpha,
    float beta, const struct onednn_layout *layout, const_dnnl_primitive_attr_t attributes) {
    onednn_complete(function, &alpha, &beta);
    return dnnl_eltwise_forward_primitive_desc_create(
        result, engine, dnnl_forward_inference, function, onednn_raw(layout), onednn_raw(layout),
        alpha, beta, attributes);
}

/// `bias` may be NULL.
static inline dnnl_status_t onednn_convolution(
    dnnl_primitive_desc_t *result, dnnl_engine_t engine, dnnl_prop_kind_t propagation,
    dnnl_alg_kind_t algorithm, const struct onednn_layout *source,
    const struct onednn_layout *weights, const struct onednn_layout *bias,
    const struct onednn_layout *target, const struct onednn_window *window,
    const_dnnl_primitive_attr_t attributes) {
    return dnnl_convolution_forward_primitive_desc_create(
        result, engine, propagation, algorithm, onednn_raw(source), onednn_raw(weights),
        onednn_raw(bias), onednn_raw(target), window->stride, window->gap, window->before,
        window->after, attributes);
}

static inline dnnl_status_t onednn_convolution_data_gradient(
    dnnl_primitive_desc_t *result, dnnl_engine_t engine, dnnl_alg_kind_t algorithm,
    const struct onednn_layout *source, const struct onednn_layout *weights,
    const struct onednn_layout *target, const struct onednn_window *window,
    const_dnnl_primitive_desc_t forward, const_dnnl_primitive_attr_t attributes) {
    return dnnl_convolution_backward_data_primitive_desc_create(
        result, engine, algorithm, onednn_raw(source), onednn_raw(weights), onednn_raw(target),
        window->stride, window->gap, window->before, window->after, forward, attributes);
}

static inline dnnl_status_t onednn_convolution_weights_gradient(
    dnnl_primitive_desc_t *result, dnnl_engine_t engine, dnnl_alg_kind_t algorithm,
    const struct onednn_layout *source, const struct onednn_layout *weights,
    const struct onednn_layout *target, const struct onednn_window *window,
    const_dnnl_primitive_desc_t forward, const_dnnl_primitive_attr_t attributes) {
    return dnnl_convolution_backward_weights_primitive_desc_create(
        result, engine, algorithm, onednn_raw(source), onednn_raw(weights), NULL,
        onednn_raw(target), window->stride, window->gap, window->before, window->after, forward,
        attributes);
}

/// `bias` may be NULL.
static inline dnnl_status_t onednn_product(
    dnnl_primitive_desc_t *result, dnnl_engine_t engine, const struct onednn_layout *source,
    const struct onednn_layout *weights, const struct onednn_layout *bias,
    const struct onednn_layout *target, const_dnnl_primitive_attr_t attributes) {
    return dnnl_inner_product_forward_primitive_desc_create(
        result, engine, dnnl_forward_training, onednn_raw(source), onednn_raw(weights),
        onednn_raw(bias), onednn_raw(target), attributes);
}

static inline dnnl_status_t onednn_product_data_gradient(
    dnnl_primitive_desc_t *result, dnnl_engine_t engine, const struct onednn_layout *source,
    const struct onednn_layout *weights, const struct onednn_layout *target,
    const_dnnl_primitive_desc_t forward, const_dnnl_primitive_attr_t attributes) {
    return dnnl_inner_product_backward_data_primitive_desc_create(
        result, engine, onednn_raw(source), onednn_raw(weights), onednn_raw(target), forward,
        attributes);
}

/// `bias` may be NULL.
static inline dnnl_status_t onednn_product_weights_gradient(
    dnnl_primitive_desc_t *result, dnnl_engine_t engine, const struct onednn_layout *source,
    const struct onednn_layout *weights, const struct onednn_layout *bias,
    const struct onednn_layout *target, const_dnnl_primitive_desc_t forward,
    const_dnnl_primitive_attr_t attributes) {
    return dnnl_inner_product_backward_weights_primitive_desc_create(
        result, engine, onednn_raw(source), onednn_raw(weights), onednn_raw(bias),
        onednn_raw(target), forward, attributes);
}

static inline dnnl_status_t onednn_pool(
    dnnl_primitive_desc_t *result, dnnl_engine_t engine, dnnl_prop_kind_t propagation,
    dnnl_alg_kind_t algorithm, const struct onednn_layout *source,
    const struct onednn_layout *target, const struct onednn_window *window,
    const_dnnl_primitive_attr_t attributes) {
    return dnnl_pooling_forward_primitive_desc_create(
        result, engine, propagation, algorithm, onednn_raw(source), onednn_raw(target),
        window->stride, window->size, window->gap, window->before, window->after, attributes);
}

static inline dnnl_status_t onednn_pool_gradient(
    dnnl_primitive_desc_t *result, dnnl_engine_t engine, dnnl_alg_kind_t algorithm,
    const struct onednn_layout *source, const struct onednn_layout *target,
    const struct onednn_window *window, const_dnnl_primitive_desc_t forward,
    const_dnnl_primitive_attr_t attributes) {
    return dnnl_pooling_backward_primitive_desc_create(
        result, engine, algorithm, onednn_raw(source), onednn_raw(target), window->stride,
        window->size, window->gap, window->before, window->after, forward, attributes);
}

static inline dnnl_status_t onednn_norm(
    dnnl_primitive_desc_t *result, dnnl_engine_t engine, const struct onednn_layout *layout,
    float epsilon, unsigned flags, const_dnnl_primitive_attr_t attributes) {
    return dnnl_batch_normalization_forward_primitive_desc_create(
        result, engine, dnnl_forward_training, onednn_raw(layout), onednn_raw(layout), epsilon,
        flags, attributes);
}

/// Whether it wants to be given the shift of the forward pass; version 3 refuses what it does not read.
static inline int onednn_norm_gradient_takes_shift(void) { return 0; }

static inline dnnl_status_t onednn_norm_gradient(
    dnnl_primitive_desc_t *result, dnnl_engine_t engine, const struct onednn_layout *layout,
    float epsilon, unsigned flags, const_dnnl_primitive_desc_t forward,
    const_dnnl_primitive_attr_t attributes) {
    return dnnl_batch_normalization_backward_primitive_desc_create(
        result, engine, dnnl_backward, onednn_raw(layout), onednn_raw(layout), onednn_raw(layout),
        epsilon, flags, forward, attributes);
}
