internal import CKernels
internal import COneDNN

/// The type of activations and weights while a network runs.
package enum ElementType: Sendable {
    case float32
    /// The upper half of a float32.
    case bfloat16

    /// Bytes of one element.
    var byteCount: Int { self == .float32 ? 4 : 2 }

    /// The library's name of it.
    var oneDNN: dnnl_data_type_t { self == .float32 ? dnnl_f32 : dnnl_bf16 }

    /// Our kernels' name of it.
    var kernel: kernel_type { self == .float32 ? kernel_float32 : kernel_bfloat16 }
}
