internal import Proto

/// Pictures of other sizes.
extension ReferenceOperation {
    static let resize: [String: ReferenceOperation] = [
        "ResizeNearestNeighbor": resizing { input, height, width, rule throws(ReferenceError) in
            try input.resizedToNearest(height: height, width: width, rule)
        },
        "ResizeBilinear": resizing { input, height, width, rule throws(ReferenceError) in
            try input.resizedBilinearly(height: height, width: width, rule)
        },
        "ResizeBicubic": resizing { input, height, width, rule throws(ReferenceError) in
            try input.resizedCubically(height: height, width: width, rule)
        },
        "ResizeArea": resizing { input, height, width, rule throws(ReferenceError) in
            try input.resizedByArea(height: height, width: width, rule)
        },
        "ScaleAndTranslate": .one(4...4) { call throws(ReferenceError) in
            try ScaleAndTranslate(call).result(of: call[0])
        },
        "CropAndResize": .one(4...4) { call throws(ReferenceError) in
            try CropAndResize(call).result(of: call[0])
        },
    ]

    private static func resizing(
        _ body:
            @escaping @Sendable (ReferenceTensor, Int, Int, ResizeRule) throws(ReferenceError) ->
            ReferenceTensor
    ) -> ReferenceOperation {
        .one(2...2) { call throws(ReferenceError) in
            let size = try call[1].integers()
            guard size.count == 2 else { throw ReferenceError("the size \(size)") }
            let isAligned = try call.node.bool("align_corners", default: false)
            let hasCentres = try call.node.bool("half_pixel_centers", default: false)
            guard !(isAligned && hasCentres) else {
                throw call.node.unfit("half_pixel_centers", "false where corners are aligned")
            }
            let rule: ResizeRule =
                isAligned ? .alignedCorners : hasCentres ? .centres : .cornersAtZero
            return try body(call[0], size[0], size[1], rule)
        }
    }
}
