internal import CProto

/// A record of a V1 checkpoint: the list of its tensors, or the values of one slice.
public struct SavedTensorSlices: Equatable, Sendable {
    /// What a V1 checkpoint says of one tensor.
    public struct TensorEntry: Equatable, Sendable {
        /// The name, as it lies in the file.
        public var name: [UInt8]
        /// The extents of the whole tensor.
        public var shape: TensorShape
        /// The number of the element type.
        public var dataType: Int32
        /// The parts that this file holds; one, of all extents, for a tensor that is stored whole.
        public var slices: [TensorSlice]
    }

    /// The list of a checkpoint's tensors.
    public struct Meta: Equatable, Sendable {
        /// The tensors that the file holds parts of.
        public var tensors: [TensorEntry]
        /// Who may read the file.
        public var versions: Versions
    }

    /// The values of one slice.
    public struct Slice: Equatable, Sendable {
        /// The name of its tensor.
        public var name: [UInt8]
        /// Which part it is.
        public var slice: TensorSlice
        /// Its values in row-major order; neither type nor shape are stated.
        public var values: TensorMessage
    }

    /// The list, in the record under the empty key.
    public var meta: Meta?
    /// The values, in all other records.
    public var slice: Slice?

    /// Takes a record apart.
    ///
    /// - Throws: ``ProtoError``.
    public init(_ bytes: RawSpan) throws(ProtoError) {
        self = try unsafe withMessage(
            bytes,
            tf__saved_tensor_slices__init,
            tf__saved_tensor_slices__unpack,
            tf__saved_tensor_slices__free_unpacked
        ) { message throws(ProtoError) in try unsafe SavedTensorSlices(message.pointee) }
    }

    private init(_ message: Tf__SavedTensorSlices) throws(ProtoError) {
        if let stated = unsafe message.meta?.pointee {
            let tensors = try unsafe array(stated.tensor, stated.n_tensor) {
                tensor throws(ProtoError) in try unsafe TensorEntry(tensor)
            }
            meta = unsafe Meta(tensors: tensors, versions: Versions(stated.versions))
        }
        if let stated = unsafe message.data?.pointee {
            slice = try unsafe Slice(
                name: array(stated.name),
                slice: stated.slice.map { slice throws(ProtoError) in
                    try unsafe TensorSlice(slice.pointee)
                } ?? TensorSlice([]),
                values: stated.data.map { data throws(ProtoError) in
                    try unsafe TensorMessage(data.pointee)
                } ?? TensorMessage()
            )
        }
    }
}

extension SavedTensorSlices.TensorEntry {
    fileprivate init(_ message: Tf__SavedSliceMeta) throws(ProtoError) {
        name = unsafe array(message.name)
        dataType = unsafe message.type
        if let stated = unsafe message.shape {
            shape = try unsafe TensorShape(stated.pointee)
        } else {
            shape = TensorShape([])
        }
        slices = try unsafe array(message.slice, message.n_slice) {
            slice throws(ProtoError) in try unsafe TensorSlice(slice)
        }
    }
}
