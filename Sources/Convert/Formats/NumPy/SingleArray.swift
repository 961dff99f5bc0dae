package import Checkpoint
internal import Proto

/// A `.npy` file as a file of one array, under the file's name.
package struct SingleArray: TensorSource {
    package let tensors: [TensorEntry]
    private let file: MappedFile
    private let arrangement: ArrayArrangement

    /// Maps a file.
    package init(path: String) throws(FormatError) {
        func malformed(_ reason: String) -> FormatError {
            .malformedFile(path: path, offset: 0, reason: reason)
        }
        let file = try wrapping { () throws(CheckpointError) in try MappedFile(path: path) }
        let head = try wrapping { () throws(CheckpointError) in
            try file.withBytes { bytes throws(CheckpointError) in
                let count = min(bytes.byteCount, NPYHeader.limit + NPYHeader.prefixByteCount)
                return unsafe bytes.extracting(0..<count).withUnsafeBytes { unsafe [UInt8]($0) }
            }
        }
        let fields: NPYDictionary.Fields
        let start: Int
        do throws(FormatError) {
            start = try NPYHeader.byteCount(head.span)
            fields = try NPYHeader.fields(head.span)
        } catch {
            throw malformed(error.description)
        }
        guard let (type, isSwapped) = NPZType.type(of: fields.descriptor) else {
            throw malformed(
                "its elements are of the type '\(fields.descriptor.printable)', which is not read"
            )
        }
        guard let needed = PlacedArrays.byteCount(type, fields.shape), needed == file.count - start
        else { throw malformed("its shape \(fields.shape) does not fit its size") }
        let name = path.utf8.split(separator: UInt8(ascii: "/")).last.map { Array($0) } ?? []
        tensors = [
            TensorEntry(array: name, type, shape: fields.shape, offset: start, byteCount: needed)
        ]
        arrangement = ArrayArrangement(
            isColumnOrder: fields.isColumnOrder,
            swapWidth: isSwapped ? type.swapWidth : 1
        )
        self.file = file
    }

    package func bytes(of tensor: TensorEntry, verifies: Bool) throws(CheckpointError)
        -> StoredBytes
    {
        arrangement.rowMajor(try file.storedBytes(of: tensor), of: tensor)
    }
}
