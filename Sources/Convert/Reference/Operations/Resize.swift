internal import Proto

/// Pictures of other sizes.
extension ReferenceOperation {
    static let resize: [String: ReferenceOperation] = [
        "ResizeNearestNeighbor": .one(2...2) { call throws(ReferenceError) in
            let (height, width) = try size(call)
            return try call[0].resizedToNearest(height: height, width: width)
        },
        "ResizeBilinear": .one(2...2) { call throws(ReferenceError) in
            let (height, width) = try size(call)
            return try call[0].resizedBilinearly(height: height, width: width)
        },
    ]

    private static func size(
        _ call: OperationCall
    ) throws(ReferenceError) -> (height: Int, width: Int) {
        let size = try call[1].integers()
        guard size.count == 2, try !call.node.bool("align_corners", default: false),
            try !call.node.bool("half_pixel_centers", default: false)
        else { throw ReferenceError("pictures are resized by another rule") }
        return (size[0], size[1])
    }
}
