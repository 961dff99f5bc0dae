internal import Engine
internal import Pictures
internal import Reference

/// The fixed pictures as they are decoded, and as a network takes them.
struct FixedDecodedPictures {
    /// Bytes as numbers, `[count, height, width, 3]`.
    let decoded: ReferenceTensor
    /// What the preparation makes of them, `[count, side, side, 3]`.
    let prepared: ReferenceTensor

    /// Some pictures, neither square nor of the network's size, so that all of the preparation is needed.
    ///
    /// - Throws: ``ConversionError/engine(_:)`` if there is no memory for them.
    init(_ preprocessing: Preprocessing, count: Int) throws(ConversionError) {
        let size = preprocessing.imageSize
        let (height, width) = (size + size / 3, size + size / 7)
        let bytes = FixedPictures.bytes(count, height: height, width: width)
        decoded = ReferenceTensor(unchecked: [count, height, width, 3], bytes.map { Float($0) })
        var values: [Float] = []
        let pictureBytes = height * width * 3
        for index in 0..<count {
            let picture = Picture(
                size: PictureSize(width: width, height: height),
                pixels: Array(bytes[(index * pictureBytes)..<((index + 1) * pictureBytes)])
            )
            do throws(PictureError) {
                values += try preprocessing.prepare(picture)
            } catch {
                throw .engine(
                    .graph(
                        .invalidSetting(
                            name: "the picture",
                            value: "\(error)",
                            expected: "one that fits in memory"
                        )
                    )
                )
            }
        }
        prepared = ReferenceTensor(unchecked: [count, size, size, 3], values)
    }
}
