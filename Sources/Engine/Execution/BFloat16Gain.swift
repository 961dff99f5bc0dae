internal import COneDNN

/// Where a processor computes convolutions faster in bfloat16 than in float32.
package enum BFloat16Gain: CaseIterable, Sendable {
    /// Nowhere: some have the instructions, but are slow at them.
    case nowhere
    /// Where every product is computed. Winograd's algorithm, which exists for float32 only, saves up to three quarters of
    /// the products, and bfloat16 halves their time.
    case directProducts
    /// Everywhere: matrix units multiply sixteen times as fast.
    case everywhere

    /// What this processor gains: measured once in a process, on a convolution of a bottleneck's shape, which takes a few
    /// milliseconds.
    static let here: BFloat16Gain = {
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
            guard shortest.bfloat16 * 1.1 < shortest.float32 else { return .nowhere }
            return Processor.hasMatrixUnits ? .everywhere : .directProducts
        } catch {
            // What is not implemented is not faster.
            return .nowhere
        }
    }()

    /// A 1x1 convolution of 256 channels at 28x28.
    private static func convolution(
        _ type: ElementType,
        on processor: Processor
    ) throws(OneDNNError) -> PrimitiveDescriptor {
        let tag = Processor.blockSize == 16 ? dnnl_nChw16c : dnnl_nChw8c
        let layout = try MemoryDescriptor([1, 256, 28, 28], tag, type)
        let layer = Convolution(Window(1), inputChannels: 256, outputChannels: 256)
        let geometry = ConvolutionGeometry(
            layer,
            on: FeatureShape(height: 28, width: 28, channels: 256),
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
