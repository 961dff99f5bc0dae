// oneDNN 2: an operation is described first, and layouts are open structures.
#pragma once

#include <stdlib.h>
#include <string.h>

// MARK: Layouts

/// A copy of its own.
static inline dnnl_status_t onednn_layout_copied(
    struct onednn_layout **result, const dnnl_memory_desc_t *layout) {
    dnnl_memory_desc_t *copy = (dnnl_memory_desc_t *)malloc(sizeof *copy);
    if (!copy) return dnnl_out_of_memory;
    *copy = *layout;
    *result = (struct onednn_layout *)copy;
    return dnnl_success;
}

static inline void onednn_layout_free(struct onednn_layout *layout) { free(layout); }

static inline dnnl_status_t onednn_layout_by_tag(
    struct onednn_layout **result, int rank, const dnnl_dim_t *extents, dnnl_data_type_t type,
    dnnl_format_tag_t tag) {
    dnnl_memory_desc_t made;
    dnnl_status_t status = dnnl_memory_desc_init_by_tag(&made, rank, extents, type, tag);
    return status == dnnl_success ? onednn_layout_copied(result, &made) : status;
}

/// The layout that a primitive wants of something; NULL where it knows none.
static inline dnnl_status_t onednn_layout_wanted(
    struct onednn_layout **result, const_dnnl_primitive_desc_t primitive, dnnl_query_t what, int index) {
    const dnnl_memory_desc_t *found = dnnl_primitive_desc_query_md(primitive, what, index);
    *result = NULL;
    return found ? onednn_layout_copied(result, found) : dnnl_success;
}

static inline int onednn_layout_rank(const struct onednn_layout *layout) {
    return onednn_raw(layout)->ndims;
}

static inline dnnl_dim_t onednn_layout_extent(const struct onednn_layout *layout, int axis) {
    return axis < onednn_raw(layout)->ndims ? onednn_raw(layout)->dims[axis] : 1;
}

/// The same bytes, of which only so many count in each dimension; the rest fills up blocks.
static inline dnnl_status_t onednn_layout_within(
    struct onednn_layout **result, const struct onednn_layout *layout, const dnnl_dim_t *extents) {
    dnnl_memory_desc_t made = *onednn_raw(layout);
    for (int axis = 0; axis < made.ndims; ++axis) made.dims[axis] = extents[axis];
    return onednn_layout_copied(result, &made);
}

/// All that decides where which value lies, as numbers; returns how many.
static inline int onednn_layout_words(const struct onednn_layout *layout, int64_t *words) {
    const dnnl_memory_desc_t *raw = onednn_raw(layout);
    int count = 0;
    words[count++] = raw->data_type;
    words[count++] = raw->format_kind;
    words[count++] = raw->offset0;
    words[count++] = (int64_t)raw->extra.flags;
    words[count++] = raw->ndims;
    for (int axis = 0; axis < raw->ndims; ++axis) {
        words[count++] = raw->dims[axis];
        words[count++] = raw->padded_dims[axis];
    }
    if (raw->format_kind == dnnl_blocked) {
        const dnnl_blocking_desc_t *blocks = &raw->format_desc.blocking;
        for (int axis = 0; axis < raw->ndims; ++axis) words[count++] = blocks->strides[axis];
        words[count++] = blocks->inner_nblks;
        for (int index = 0; index < blocks->inner_nblks; ++index) {
            words[count++] = blocks->inner_blks[index];
            words[count++] = blocks->inner_idxs[index];
        }
    } else if (raw->format_kind == dnnl_format_kind_wino) {
        const dnnl_wino_desc_t *wino = &raw->format_desc.wino_desc;
        const int64_t values[] = {
            wino->wino_format, wino->r, wino->alpha, wino->ic, wino->oc, wino->ic_block,
            wino->oc_block, wino->ic2_block, wino->oc2_block, (int64_t)wino->size,
        };
        for (size_t index = 0; index < sizeof values / sizeof *values; ++index) {
            words[count++] = values[index];
        }
        int32_t scale;
        memcpy(&scale, &wino->adj_scale, sizeof scale);
        words[count++] = scale;
    }
    return count;
}

// MARK: What follows an operation

static inline dnnl_status_t onednn_append_sum(dnnl_post_ops_t operations) {
    return dnnl_post_ops_append_sum(operations, 1);
}

static inline dnnl_status_t onednn_append_function(
    dnnl_post_ops_t operations, dnnl_alg_kind_t function, float alpha, float beta) {
    return dnnl_post_ops_append_eltwise(operations, 1, function, alpha, beta);
}

// MARK: Operations

static inline dnnl_status_t onednn_function(
    dnnl_primitive_desc_t *result, dnnl_engine_t engine, dnnl_alg_kind_t function, float alpha,
    float beta, const struct onednn_layout *layout, const_dnnl_primitive_attr_t attributes) {
    dnnl_eltwise_desc_t operation;
    dnnl_status_t status = dnnl_eltwise_forward_desc_init(
        &operation, dnnl_forward_inference, function, onednn_raw(layout), alpha, beta);
    if (status != dnnl_success) return status;
    return dnnl_primitive_desc_create(result, &operation, attributes, engine, NULL);
}

/// `bias` may be NULL.
static inline dnnl_status_t onednn_convolution(
    dnnl_primitive_desc_t *result, dnnl_engine_t engine, dnnl_prop_kind_t propagation,
    dnnl_alg_kind_t algorithm, const struct onednn_layout *source,
    const struct onednn_layout *weights, const struct onednn_layout *bias,
    const struct onednn_layout *target, const struct onednn_window *window,
    const_dnnl_primitive_attr_t attributes) {
    dnnl_convolution_desc_t operation;
    dnnl_status_t status = dnnl_dilated_convolution_forward_desc_init(
        &operation, propagation, algorithm, onednn_raw(source), onednn_raw(weights),
        onednn_raw(bias), onednn_raw(target), window->stride, window->gap, window->before,
        window->after);
    if (status != dnnl_success) return status;
    return dnnl_primitive_desc_create(result, &operation, attributes, engine, NULL);
}

static inline dnnl_status_t onednn_convolution_data_gradient(
    dnnl_primitive_desc_t *result, dnnl_engine_t engine, dnnl_alg_kind_t algorithm,
    const struct onednn_layout *source, const struct onednn_layout *weights,
    const struct onednn_layout *target, const struct onednn_window *window,
    const_dnnl_primitive_desc_t forward, const_dnnl_primitive_attr_t attributes) {
    dnnl_convolution_desc_t operation;
    dnnl_status_t status = dnnl_dilated_convolution_backward_data_desc_init(
        &operation, algorithm, onednn_raw(source), onednn_raw(weights), onednn_raw(target),
        window->stride, window->gap, window->before, window->after);
    if (status != dnnl_success) return status;
    return dnnl_primitive_desc_create(result, &operation, attributes, engine, forward);
}

static inline dnnl_status_t onednn_convolution_weights_gradient(
    dnnl_primitive_desc_t *result, dnnl_engine_t engine, dnnl_alg_kind_t algorithm,
    const struct onednn_layout *source, const struct onednn_layout *weights,
    const struct onednn_layout *target, const struct onednn_window *window,
    const_dnnl_primitive_desc_t forward, const_dnnl_primitive_attr_t attributes) {
    dnnl_convolution_desc_t operation;
    dnnl_status_t status = dnnl_dilated_convolution_backward_weights_desc_init(
        &operation, algorithm, onednn_raw(source), onednn_raw(weights), NULL, onednn_raw(target),
        window->stride, window->gap, window->before, window->after);
    if (status != dnnl_success) return status;
    return dnnl_primitive_desc_create(result, &operation, attributes, engine, forward);
}

/// `bias` may be NULL.
static inline dnnl_status_t onednn_product(
    dnnl_primitive_desc_t *result, dnnl_engine_t engine, const struct onednn_layout *source,
    const struct onednn_layout *weights, const struct onednn_layout *bias,
    const struct onednn_layout *target, const_dnnl_primitive_attr_t attributes) {
    dnnl_inner_product_desc_t operation;
    dnnl_status_t status = dnnl_inner_product_forward_desc_init(
        &operation, dnnl_forward_training, onednn_raw(source), onednn_raw(weights),
        onednn_raw(bias), onednn_raw(target));
    if (status != dnnl_success) return status;
    return dnnl_primitive_desc_create(result, &operation, attributes, engine, NULL);
}

static inline dnnl_status_t onednn_product_data_gradient(
    dnnl_primitive_desc_t *result, dnnl_engine_t engine, const struct onednn_layout *source,
    const struct onednn_layout *weights, const struct onednn_layout *target,
    const_dnnl_primitive_desc_t forward, const_dnnl_primitive_attr_t attributes) {
    dnnl_inner_product_desc_t operation;
    dnnl_status_t status = dnnl_inner_product_backward_data_desc_init(
        &operation, onednn_raw(source), onednn_raw(weights), onednn_raw(target));
    if (status != dnnl_success) return status;
    return dnnl_primitive_desc_create(result, &operation, attributes, engine, forward);
}

/// `bias` may be NULL.
static inline dnnl_status_t onednn_product_weights_gradient(
    dnnl_primitive_desc_t *result, dnnl_engine_t engine, const struct onednn_layout *source,
    const struct onednn_layout *weights, const struct onednn_layout *bias,
    const struct onednn_layout *target, const_dnnl_primitive_desc_t forward,
    const_dnnl_primitive_attr_t attributes) {
    dnnl_inner_product_desc_t operation;
    dnnl_status_t status = dnnl_inner_product_backward_weights_desc_init(
        &operation, onednn_raw(source), onednn_raw(weights), onednn_raw(bias), onednn_raw(target));
    if (status != dnnl_success) return status;
    return dnnl_primitive_desc_create(result, &operation, attributes, engine, forward);
}

static inline dnnl_status_t onednn_pool(
    dnnl_primitive_desc_t *result, dnnl_engine_t engine, dnnl_prop_kind_t propagation,
    dnnl_alg_kind_t algorithm, const struct onednn_layout *source,
    const struct onednn_layout *target, const struct onednn_window *window,
    const_dnnl_primitive_attr_t attributes) {
    dnnl_pooling_desc_t operation;
    dnnl_status_t status = dnnl_pooling_forward_desc_init(
        &operation, propagation, algorithm, onednn_raw(source), onednn_raw(target), window->stride,
        window->size, window->before, window->after);
    if (status != dnnl_success) return status;
    return dnnl_primitive_desc_create(result, &operation, attributes, engine, NULL);
}

static inline dnnl_status_t onednn_pool_gradient(
    dnnl_primitive_desc_t *result, dnnl_engine_t engine, dnnl_alg_kind_t algorithm,
    const struct onednn_layout *source, const struct onednn_layout *target,
    const struct onednn_window *window, const_dnnl_primitive_desc_t forward,
    const_dnnl_primitive_attr_t attributes) {
    dnnl_pooling_desc_t operation;
    dnnl_status_t status = dnnl_pooling_backward_desc_init(
        &operation, algorithm, onednn_raw(source), onednn_raw(target), window->stride, window->size,
        window->before, window->after);
    if (status != dnnl_success) return status;
    return dnnl_primitive_desc_create(result, &operation, attributes, engine, forward);
}

static inline dnnl_status_t onednn_norm(
    dnnl_primitive_desc_t *result, dnnl_engine_t engine, const struct onednn_layout *layout,
    float epsilon, unsigned flags, const_dnnl_primitive_attr_t attributes) {
    dnnl_batch_normalization_desc_t operation;
    dnnl_status_t status = dnnl_batch_normalization_forward_desc_init(
        &operation, dnnl_forward_training, onednn_raw(layout), epsilon, flags);
    if (status != dnnl_success) return status;
    return dnnl_primitive_desc_create(result, &operation, attributes, engine, NULL);
}

/// Whether it wants to be given the shift of the forward pass.
static inline int onednn_norm_gradient_takes_shift(void) { return 1; }

static inline dnnl_status_t onednn_norm_gradient(
    dnnl_primitive_desc_t *result, dnnl_engine_t engine, const struct onednn_layout *layout,
    float epsilon, unsigned flags, const_dnnl_primitive_desc_t forward,
    const_dnnl_primitive_attr_t attributes) {
    dnnl_batch_normalization_desc_t operation;
    dnnl_status_t status = dnnl_batch_normalization_backward_desc_init(
        &operation, dnnl_backward, onednn_raw(layout), onednn_raw(layout), epsilon, flags);
    if (status != dnnl_success) return status;
    return dnnl_primitive_desc_create(result, &operation, attributes, engine, forward);
}
