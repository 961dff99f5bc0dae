internal import COneDNN

/// The processor that primitives run on, and the order in which they do.
///
/// Owns one `dnnl_engine_t` and one `dnnl_stream_t`. Used by one thread at a time.
@safe
final class Processor {
    let engine: dnnl_engine_t
    let stream: dnnl_stream_t

    init() throws(OneDNNError) {
        let engine = try unsafe create("dnnl_engine_create") {
            unsafe dnnl_engine_create(&$0, dnnl_cpu, 0)
        }
        unsafe self.engine = engine
        unsafe stream = try create("dnnl_stream_create") {
            unsafe dnnl_stream_create(&$0, engine, dnnl_stream_default_flags.rawValue)
        }
    }

    deinit {
        unsafe dnnl_stream_destroy(stream)
        unsafe dnnl_engine_destroy(engine)
    }

    /// Channels that lie side by side in blocked activations: what one vector register holds, at least 8.
    static let blockSize = has(dnnl_cpu_isa_avx512_core) ? 16 : 8

    /// Whether the library computes in bfloat16.
    static let hasBFloat16 = has(dnnl_cpu_isa_avx512_core)

    /// Whether the library multiplies matrices of bfloat16 with units made for that (AMX).
    static let hasMatrixUnits = has(dnnl_cpu_isa_avx512_core_amx)

    /// Whether the library uses all of a set of instructions.
    private static func has(_ instructions: dnnl_cpu_isa_t) -> Bool {
        dnnl_get_effective_cpu_isa().rawValue & instructions.rawValue == instructions.rawValue
    }
}
