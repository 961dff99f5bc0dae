import Base
import Data
import Pictures

/// Pictures read from records, decoded, resized, cropped and normalised, without a network.
@safe
final class PicturesWorker: Work {
    /// Pictures prepared at a time.
    private static let batch = 64

    private let files: [String]
    private let preparer: PicturePreparer
    private let target: UnsafeMutableBufferPointer<Float>
    private var count = 0

    init(_ options: WorkerOptions) throws {
        ThreadCount.set(try options.count("threads", default: 1))
        let folder = try options.text("records")
        files = PictureRecords.files(in: folder, matching: "validation-*")
        guard !files.isEmpty else {
            throw WorkerOptions.Mistake(text: "no records in \(folder)")
        }
        let name = try options.text("preprocessing", default: "imagenet_224_256")
        preparer = PicturePreparer(try Preprocessing(name: name), layout: .nhwc)
        unsafe target = .allocate(capacity: Self.batch * preparer.pictureCount)
        unsafe target.initialize(repeating: 0)
        try run()
    }

    deinit { unsafe target.deallocate() }

    var facts: [String: Double] { ["pictures": Double(count)] }

    func run() throws {
        var source = PictureRecords(files: files)
        var pictures: [OwnedBytes] = []
        count = 0
        while let picture = try source.next() {
            pictures.append(picture.bytes)
            if pictures.count == Self.batch { try prepare(&pictures) }
        }
        try prepare(&pictures)
    }

    private func prepare(_ pictures: inout [OwnedBytes]) throws {
        for failure in unsafe preparer.prepare(pictures, into: target) {
            if let failure { throw failure }
        }
        count += pictures.count
        pictures.removeAll(keepingCapacity: true)
    }

    /// The pictures of the last batch that was full or ended the records.
    var result: [Float] { unsafe Array(target) }
}
