internal import Proto

// Windows over numbers of any type, by their elements: slow, for float64 and whole numbers, which networks seldom have.
extension ReferenceTensor {
    func convolvedPlainly(
        _ kernel: ReferenceTensor,
        _ geometry: WindowGeometry
    ) throws(ReferenceError) -> ReferenceTensor {
        let patches = try patches(
            Array(kernel.shape.prefix(2)),
            geometry,
            filler: ReferenceTensor(Float(0)).cast(to: type)
        )
        let pixels = patches.shape.prefix(3).reduce(1, *)
        let cells = patches.shape[3] * patches.shape[4]
        return try patches.reshaped([pixels, cells])
            .product(kernel.reshaped([cells, kernel.shape[3]]))
            .reshaped(Array(patches.shape.prefix(3)) + [kernel.shape[3]])
    }

    func convolvedByChannelPlainly(
        _ kernel: ReferenceTensor,
        _ geometry: WindowGeometry
    ) throws(ReferenceError) -> ReferenceTensor {
        let size = Array(kernel.shape.prefix(2))
        let patches = try patches(
            size,
            geometry,
            filler: ReferenceTensor(Float(0)).cast(to: type)
        )
        let weights = try kernel.reshaped([size[0] * size[1], shape[3]])
        return try patches.combined(with: weights, { $0 * $1 }, integers: { $0 &* $1 })
            .reduced(.sum, axes: [3], keepsAxes: false)
    }

    func pooledPlainly(
        _ size: [Int],
        _ geometry: WindowGeometry,
        _ reduction: Reduction
    ) throws(ReferenceError) -> ReferenceTensor {
        guard reduction == .mean else {
            // What lies outside is smaller than everything.
            let least = try ReferenceTensor(list: [Double](repeating: 0, count: 0)).cast(to: type)
                .reduced(.maximum, axes: [0], keepsAxes: false)
            return try patches(size, geometry, filler: least)
                .reduced(.maximum, axes: [3], keepsAxes: false)
        }
        let zero = try ReferenceTensor(Float(0)).cast(to: type)
        let one = try ReferenceTensor(Float(1)).cast(to: type)
        let inside = try ReferenceTensor(filled: [1, shape[1], shape[2], 1], with: one)
        let counts = try inside.patches(size, geometry, filler: zero)
            .reduced(.sum, axes: [3], keepsAxes: false)
        return try patches(size, geometry, filler: zero)
            .reduced(.sum, axes: [3], keepsAxes: false)
            .combined(with: counts) { $0 / $1 }
    }
}
