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
    static let blockSize: Int = {
        let isa = dnnl_get_effective_cpu_isa()
        let wide = isa.rawValue & dnnl_cpu_isa_avx512_core.rawValue
        return wide == dnnl_cpu_isa_avx512_core.rawValue ? 16 : 8
    }()
}
