import CPictures

/// Memory for what a corruption computes on its way, and tables that do not depend on the picture.
///
/// Kept from picture to picture, so that a steady stream of pictures of one size allocates nothing.
struct CorruptionWorkspace: ~Copyable {
    var values: [Double] = []
    var smoothed: [Double] = []
    var line: [Double] = []
    var floats: [Float] = []
    var moreFloats: [Float] = []
    var horizontal: [Float] = []
    var vertical: [Float] = []
    var bytes: [UInt8] = []
    var moreBytes: [UInt8] = []
    var levels: [UInt8] = []
    var sums: [UInt16] = []
    var runs: [PicturesRun] = []
    var shorts: [Int16] = []
    var integers: [Int32] = []
    var stack: [UInt32] = []
    var columns: [Int] = []
    var rows: [Int] = []

    private var kernels: [GaussianKernel.Form: GaussianKernel] = [:]
    private var zooms: [ZoomAxis.Form: ZoomAxis] = [:]
    private var samplings: [PillowAxis.Form: PillowAxis] = [:]
    private var disks: [DefocusKernel.Form: DefocusKernel] = [:]

    mutating func kernel(_ form: GaussianKernel.Form) -> GaussianKernel {
        Self.kept(form, in: &kernels, make: GaussianKernel.init)
    }

    mutating func zoom(_ form: ZoomAxis.Form) -> ZoomAxis {
        Self.kept(form, in: &zooms, make: ZoomAxis.init)
    }

    mutating func sampling(_ form: PillowAxis.Form) -> PillowAxis {
        Self.kept(form, in: &samplings, make: PillowAxis.init)
    }

    mutating func disk(_ form: DefocusKernel.Form) -> DefocusKernel {
        Self.kept(form, in: &disks, make: DefocusKernel.init)
    }

    /// More tables than so many come from pictures of many sizes, and are not worth keeping.
    private static let most = 256

    private static func kept<Form: Hashable, Table>(
        _ form: Form,
        in tables: inout [Form: Table],
        make: (Form) -> Table
    ) -> Table {
        if let table = tables[form] { return table }
        if tables.count >= most { tables.removeAll(keepingCapacity: true) }
        let table = make(form)
        tables[form] = table
        return table
    }
}

extension Array where Element: AdditiveArithmetic {
    /// Has at least so many elements, whose values are not kept where there were fewer.
    mutating func makeRoom(for count: Int) {
        if self.count < count { self = [Element](repeating: .zero, count: count) }
    }
}
