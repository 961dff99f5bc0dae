/// Pictures that can be drawn from all over.
///
/// Data often lie class by class, so the first few tell nothing of the others.
public protocol SampledSource: PictureSource {
    /// About so many pictures, spread over all; corrupt ones are passed over.
    ///
    /// - Throws: what ends the source.
    func sample(_ count: Int) throws -> [LabelledPicture]
}

extension PictureFiles: SampledSource {
    /// Pictures at equal distances.
    public func sample(_ count: Int) throws -> [LabelledPicture] {
        let step = max(1, Double(files.count) / Double(max(count, 1)))
        return stride(from: step / 2, to: Double(files.count), by: step).prefix(count).compactMap {
            let file = files[Int($0)]
            return try? Self.picture(file.path, label: file.label)
        }
    }
}

extension PictureRecords: SampledSource {
    /// The first records of every file, or of files at equal distances where there are more of these than pictures.
    public func sample(_ count: Int) throws -> [LabelledPicture] {
        guard !files.isEmpty, count > 0 else { return [] }
        let chosen = min(files.count, count)
        var pictures: [LabelledPicture] = []
        for index in 0..<chosen {
            var left = (count * (index + 1)) / chosen - (count * index) / chosen
            // What a file lacks, the next ones make up for.
            left += (count * index) / chosen - pictures.count
            var records = only(files[index * files.count / chosen])
            while left > 0 {
                do {
                    guard let picture = try records.next() else { break }
                    pictures.append(picture)
                    left -= 1
                } catch is CorruptPicture {
                    continue
                }
            }
        }
        return pictures
    }
}
