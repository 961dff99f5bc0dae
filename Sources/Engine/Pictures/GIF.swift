/// A GIF file of one frame.
///
///     "GIF8?a"  width:u16 height:u16 flags:u8 background:u8 aspect:u8 [global colours: 3 * 2^n]
///     { 0x21 label blocks | 0x2C left:u16 top:u16 width:u16 height:u16 flags:u8 [local colours] size:u8 blocks }
///     0x3B
///
/// Blocks are a length byte and so many bytes, up to a length of zero. As in TensorFlow the frame must begin
/// at the canvas's corner, and the canvas is taken to be as large as the frame.
struct GIF {
    private var cursor: ByteCursor
    private var globalColours: Range<Int>?

    /// The only frame: its size, colours and compressed pixels.
    private struct Frame {
        let size: PictureSize
        let colours: Range<Int>
        let isInterlaced: Bool
        let codeSize: Int
        let firstBlock: Int
    }

    private let frame: Frame

    /// The frame's size.
    var size: PictureSize { frame.size }

    /// Walks through the whole file, which must hold a single frame and its end mark.
    init(_ bytes: UnsafeRawBufferPointer) throws(PictureError) {
        cursor = unsafe ByteCursor(bytes, format: .gif)
        try cursor.skip(10)
        let flags = try cursor.byte()
        try cursor.skip(2)
        globalColours = try cursor.colourTable(flags)
        var found: Frame?
        while true {
            let offset = cursor.offset
            switch try cursor.byte() {
            case 0x21:
                try cursor.skip(1)
                try cursor.skipBlocks()
            case 0x2C:
                guard found == nil else { throw .animated }
                found = try Self.frame(&cursor, globalColours: globalColours)
                try cursor.skipBlocks()
            case 0x3B:
                guard let found else {
                    throw .damaged(.gif, offset: offset, reason: "there is no frame")
                }
                frame = found
                return
            case let kind:
                let reason = "expected an extension, a frame or the end, found \(kind)"
                throw .damaged(.gif, offset: offset, reason: reason)
            }
        }
    }

    private static func frame(
        _ cursor: inout ByteCursor,
        globalColours: Range<Int>?
    ) throws(PictureError) -> Frame {
        let offset = cursor.offset
        let (left, top) = (try cursor.short(), try cursor.short())
        let size = PictureSize(width: try cursor.short(), height: try cursor.short())
        let flags = try cursor.byte()
        guard left == 0, top == 0 else {
            throw .damaged(.gif, offset: offset, reason: "the frame does not fill the canvas")
        }
        guard size.width > 0, size.height > 0 else {
            throw .damaged(.gif, offset: offset, reason: "the frame has no pixels")
        }
        guard let colours = try cursor.colourTable(flags) ?? globalColours else {
            throw .damaged(.gif, offset: offset, reason: "there are no colours")
        }
        let codeSize = Int(try cursor.byte())
        guard (1...8).contains(codeSize) else {
            let reason = "expected a code size of 1 to 8, found \(codeSize)"
            throw .damaged(.gif, offset: cursor.offset - 1, reason: reason)
        }
        return Frame(
            size: size,
            colours: colours,
            isInterlaced: flags & 0x40 != 0,
            codeSize: codeSize,
            firstBlock: cursor.offset
        )
    }

    /// Decodes the frame, whose size ``PictureLimits`` let pass, into the scratch.
    func read(scratch: inout Scratch) throws(PictureError) -> PixelRows {
        let (width, height) = (size.width, size.height)
        var blocks = cursor
        blocks.offset = frame.firstBlock
        let indices = try LZW(codeSize: frame.codeSize).decode(&blocks, count: width * height)
        let stride = 3 * width
        let room = unsafe try scratch.room(for: stride * height + PixelRows.slack)
        let pixels = unsafe UnsafeMutableBufferPointer(
            start: room.assumingMemoryBound(to: UInt8.self),
            count: stride * height
        )
        let rows = frame.isInterlaced ? Self.interlacedRows(height) : Array(0..<height)
        for (stored, row) in rows.enumerated() {
            for x in 0..<width {
                let colour = frame.colours.lowerBound + 3 * Int(indices[stored * width + x])
                guard colour < frame.colours.upperBound else {
                    let reason = "a pixel has a colour that the table lacks"
                    throw .damaged(.gif, offset: frame.firstBlock, reason: reason)
                }
                for channel in 0..<3 {
                    unsafe pixels[row * stride + 3 * x + channel] = cursor[colour + channel]
                }
            }
        }
        return unsafe PixelRows(
            window: PictureWindow(whole: size),
            stride: stride,
            start: UnsafePointer(room.assumingMemoryBound(to: UInt8.self))
        )
    }

    /// The picture's rows in the order in which an interlaced frame stores them.
    private static func interlacedRows(_ height: Int) -> [Int] {
        [(0, 8), (4, 8), (2, 4), (1, 2)].flatMap { Array(stride(from: $0.0, to: height, by: $0.1)) }
    }
}

extension ByteCursor {
    /// The place of the colour table that the flags announce, which is passed over.
    fileprivate mutating func colourTable(_ flags: UInt8) throws(PictureError) -> Range<Int>? {
        guard flags & 0x80 != 0 else { return nil }
        let start = offset
        try skip(3 << (Int(flags & 7) + 1))
        return start..<offset
    }

    fileprivate mutating func skipBlocks() throws(PictureError) {
        while case let count = try byte(), count > 0 { try skip(Int(count)) }
    }
}
