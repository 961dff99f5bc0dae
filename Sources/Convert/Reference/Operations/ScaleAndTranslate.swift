internal import Glibc
internal import Proto

/// Pictures scaled and moved, each place made of the pixels under a kernel: what TensorFlow 2 resizes with where it smooths.
struct ScaleAndTranslate {
    /// How far pixels count, and how much.
    private struct Kernel: Sendable {
        let radius: Double
        let weight: @Sendable (Double) -> Double
    }

    private let size: [Int]
    private let scale: [Double]
    private let translation: [Double]
    private let kernel: Kernel
    private let smooths: Bool

    init(_ call: OperationCall) throws(ReferenceError) {
        size = try call[1].integers()
        scale = try call[2].floats()
        translation = try call[3].floats()
        guard size.count == 2, scale.count == 2, translation.count == 2,
            size.allSatisfy({ $0 > 0 }), scale.allSatisfy({ $0 > 0 && $0.isFinite }),
            translation.allSatisfy(\.isFinite)
        else {
            throw ReferenceError("the size \(size), scaled by \(scale), moved by \(translation)")
        }
        smooths = try call.node.bool("antialias", default: true)
        let name = try call.node.text("kernel_type", default: "lanczos3")
        guard let kernel = Self.kernels[Name(name)] else {
            throw call.node.unfit("kernel_type", "a kernel's name")
        }
        self.kernel = kernel
    }

    func result(of input: ReferenceTensor) throws(ReferenceError) -> ReferenceTensor {
        guard input.rank == 4, input.shape[1] > 0, input.shape[2] > 0 else {
            throw ReferenceError("pictures of the shape \(input.shape)")
        }
        _ = try ReferenceTensor.count([input.shape[0], size[0], size[1], input.shape[3]])
        return try input.cast(to: .float32)
            .resampled(axis: 1, taps(0, of: input.shape[1]))
            .resampled(axis: 2, taps(1, of: input.shape[2]))
    }

    private func taps(_ axis: Int, of source: Int) -> [ResizeTaps] {
        // In float32, as TensorFlow finds its places.
        let inverse = 1 / Float(scale[axis])
        let shift = -inverse * Float(translation[axis])
        let spread = smooths ? max(inverse, 1) : 1
        let reach = Float(kernel.radius) * spread
        return (0..<size[axis]).map { index in
            let centre = (Float(index) + 0.5) * inverse + shift
            guard centre >= 0, centre <= Float(source) else { return [] }
            let last = Float(source - 1)
            let from = min(max((centre - reach - 0.5).rounded(.up), 0), last)
            let to = min(max((centre + reach - 0.5).rounded(.down), 0), last)
            guard from <= to else { return [] }
            let taps = (Int(from)...Int(to)).map { pixel in
                let distance = abs((Float(pixel) + 0.5 - centre) * (1 / spread))
                return (index: pixel, weight: kernel.weight(Double(distance)))
            }
            let sum = taps.reduce(0) { $0 + $1.weight }
            return abs(sum) < 1e-35 ? taps : taps.map { ($0.index, $0.weight / sum) }
        }
    }

    private static let kernels: [Name: Kernel] = [
        "lanczos1": lanczos(1),
        "lanczos3": lanczos(3),
        "lanczos5": lanczos(5),
        "gaussian": Kernel(radius: 1.5) { $0 >= 1.5 ? 0 : exp(-$0 * $0 / 0.5) },
        "box": Kernel(radius: 0.5) { $0 < 0.5 ? 1 : $0 == 0.5 ? 0.5 : 0 },
        "triangle": Kernel(radius: 1) { $0 < 1 ? 1 - $0 : 0 },
        "keyscubic": Kernel(radius: 2) { x in
            if x >= 2 { return 0 }
            return x >= 1 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : (1.5 * x - 2.5) * x * x + 1
        },
        "mitchellcubic": Kernel(radius: 2) { x in
            if x >= 2 { return 0 }
            return x >= 1
                ? ((-7.0 / 18 * x + 2) * x - 10.0 / 3) * x + 16.0 / 9
                : (7.0 / 6 * x - 2) * x * x + 8.0 / 9
        },
    ]

    private static func lanczos(_ radius: Double) -> Kernel {
        Kernel(radius: radius) { x in
            if x > radius { return 0 }
            if x <= 1e-3 { return 1 }
            return radius * sin(.pi * x) * sin(.pi * x / radius) / (.pi * .pi * x * x)
        }
    }
}
