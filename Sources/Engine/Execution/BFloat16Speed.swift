internal import COneDNN

/// Whether this processor multiplies bfloat16 faster than float32.
///
/// Some that have the instructions do not: they are for those that have matrix units besides.
enum BFloat16Speed {
    /// Measured once in a process, on a convolution of a bottleneck's shape; takes a few milliseconds.
    static let isGain: Bool = {
        do {
            let processor = try Processor()
            let float32 = try duration(.float32, on: processor)
            let bfloat16 = try duration(.bfloat16, on: processor)
            return bfloat16 * 1.1 < float32
        } catch {
            // What is not implemented is not faster.
            return false
        }
    }()

    /// The shortest time of a 1x1 convolution of 256 channels at 28x28.
    private static func duration(
        _ type: ElementType,
        on processor: Processor
    ) throws(OneDNNError) -> Duration {
        let tag = Processor.blockSize == 16 ? dnnl_nChw16c : dnnl_nChw8c
        let layout = try MemoryDescriptor([1, 256, 28, 28], tag, type)
        let layer = Convolution(
            size: 1,
            stride: 1,
            padding: Padding(before: 0, after: 0),
            inputChannels: 256,
            outputChannels: 256,
            unit: .main
        )
        let geometry = ConvolutionGeometry(
            layer,
            kernel: [256, 256, 1, 1],
            source: layout,
            result: layout,
            type: type
        )
        let primitive = try geometry.forward(
            dnnl_convolution_direct,
            for: dnnl_forward_inference,
            postOperations: PostOperations(),
            on: processor
        )
        var best = Duration.seconds(Int.max)
        for _ in 0..<3 { best = min(best, try primitive.measure(on: processor)) }
        return best
    }
}
