internal import Checkpoint

/// What lies in a folder in which there is not what was looked for.
package enum NearbyData {
    /// Half a sentence for the end of a message; empty where nothing is known.
    package static func hint(in folder: String) -> String {
        let records = recordFiles(in: folder)
        if !records.isEmpty {
            return "; record files are there: \(records.shortList(3)), which --val-regex and "
                + "--train-regex can name"
        }
        guard let seen = PictureFolderScan.firstFolderWithPictures(below: folder) else { return "" }
        return "; \(expectation(seen: seen))"
    }

    /// Where pictures lie, and where they should.
    static func expectation(seen: String) -> String {
        "expected folders, one for each class, with the pictures directly in them; pictures were seen "
            + "in \(ByteName(seen))"
    }

    /// The names of the files in a folder that hold records, told by their first bytes.
    private static func recordFiles(in folder: String) -> [String] {
        let entries = (try? BytePath(folder).entries())?.prefix(2000) ?? []
        return entries.compactMap { entry in
            guard !entry.isFolder, let name = entry.name.text else { return nil }
            let areRecords = try? MappedFile(path: "\(folder)/\(name)").withBytes { bytes in
                RecordReader.areRecords(bytes.extracting(first: min(bytes.byteCount, 16)))
            }
            // Anything may be compressed by gzip.
            let isNamedSo = ShardName(entry.name).number != nil || name.contains("record")
            return areRecords == true && (isNamedSo || !name.hasSuffix("gz")) ? name : nil
        }
    }
}
