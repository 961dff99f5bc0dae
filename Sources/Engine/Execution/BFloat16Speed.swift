internal import COneDNN

/// Whether this processor multiplies bfloat16 faster than float32.
///
/// Some that have the instructions do not: they are for those that have matrix units besides.
enum BFloat16Speed {
    /// Measured once in a process, on a convolution of a bottleneck's shape; takes a few milliseconds.
    static let isGain: Bool = {
        do {
            let processor = try Processor()
            let float32 = try convolution(.float32, on: processor)
            let bfloat16 = try convolution(.bfloat16, on: processor)
            // In turn, and the shortest of each: other work on the machine must not decide.
            var shortest = (float32: Duration.seconds(60), bfloat16: Duration.seconds(60))
            for _ in 0..<5 {
                shortest.float32 = min(shortest.float32, try float32.measure(on: processor))
                shortest.bfloat16 = min(shortest.bfloat16, try bfloat16.measure(on: processor))
            }
            return shortest.bfloat16 * 1.1 < shortest.float32
        } catch {
            // What is not implemented is not faster.
            return false
        }
    }()

    /// A 1x1 convolution of 256 channels at 28x28.
    private static func convolution(
        _ type: ElementType,
        on processor: Processor
    ) throws(OneDNNError) -> PrimitiveDescriptor {
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
        return try geometry.forward(
            dnnl_convolution_direct,
            for: dnnl_forward_inference,
            postOperations: PostOperations(),
            on: processor
        )
    }
}
