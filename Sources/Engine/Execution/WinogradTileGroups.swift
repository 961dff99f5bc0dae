internal import CKernels

/// The tiles of all pictures of a batch, cut into groups of about the same size.
struct WinogradTileGroups {
    private let tiles: Int
    /// Tiles that are multiplied at once; groups are multiples.
    private let rows: Int
    /// Groups.
    private(set) var count: Int

    /// Groups of as many tiles as a passage through the layer's kernel is worth, as measured: the larger it is, the more.
    init(_ layer: winograd_layer, batch: Int) {
        var layer = layer
        tiles = unsafe batch * winograd_tiles(&layer)
        rows = winograd_rows(layer.block)
        let channels = layer.block * layer.block * layer.inputBlocks * layer.outputBlocks
        let wanted = 14 * min(max(channels >> 14, 2), 8)
        count = 1
        cut(into: (tiles + wanted - 1) / wanted)
    }

    private var pieces: Int { (tiles + rows - 1) / rows }

    /// Makes so many groups, or as many as can be.
    mutating func cut(into groups: Int) { count = min(groups, pieces) }

    /// The tiles of a group.
    subscript(_ group: Int) -> Range<Int> {
        func start(of group: Int) -> Int { min(pieces * group / count * rows, tiles) }
        return start(of: group)..<start(of: group + 1)
    }

    /// Tiles in the largest group, or more.
    var largest: Int { (pieces + count - 1) / count * rows }
}
