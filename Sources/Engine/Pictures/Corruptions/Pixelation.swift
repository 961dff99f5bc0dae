import CPictures

/// A picture made of few pixels: reduced and enlarged by Pillow's box filter.
struct Pixelation {
    private let share: Double

    init(_ severity: Int) {
        share = [0.6, 0.5, 0.4, 0.3, 0.25][severity - 1]
    }

    func apply(to picture: inout Picture, _ work: inout CorruptionWorkspace) {
        let (width, height) = (picture.size.width, picture.size.height)
        let (columns, rows) = (Int(Double(width) * share), Int(Double(height) * share))
        let narrow = work.sampling(.init(.box, width, to: columns))
        let low = work.sampling(.init(.box, height, to: rows))
        let wide = work.sampling(.init(.box, columns, to: width))
        let high = work.sampling(.init(.box, rows, to: height))
        work.bytes.makeRoom(for: 3 * max(columns * height, width * rows))
        work.moreBytes.makeRoom(for: 3 * columns * rows)
        narrow.resampleRows(picture.pixels, width: width, rows: height, into: &work.bytes)
        low.resampleColumns(work.bytes, width: columns, into: &work.moreBytes)
        wide.resampleRows(work.moreBytes, width: columns, rows: rows, into: &work.bytes)
        high.resampleColumns(work.bytes, width: width, into: &picture.pixels)
    }
}
