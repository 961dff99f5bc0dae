public import Data
public import Networks

extension Network {
    /// What its classes are called, where that is recorded in its file or lies beside it.
    ///
    /// - Throws: `DataError` for names that are there and cannot be read.
    public func classNames() throws(DataError) -> ClassNames? {
        guard let recorded, let text = recorded.values[RecordedFlags.classNames] else {
            return try ClassNames.found(besidesCheckpoint: files.path)
        }
        return ClassNames(text.split(separator: "\n").map(String.init), path: recorded.path)
    }

    /// The label of the first of its ``classNames()``: what is recorded; else class 0 of a network that has one class more than
    /// there are names is the background.
    public func firstLabel(of names: ClassNames?) -> Int {
        labelOffset(forRecords: false) ?? names?.firstLabel(of: classes) ?? 0
    }

    /// The label offset that is recorded for data of a kind.
    public func labelOffset(forRecords isRecords: Bool) -> Int? {
        let wasRecords = recorded?.values[RecordedFlags.dataKind] == "records"
        return wasRecords == isRecords ? recordedOffset : nil
    }

    /// The label offset that is recorded, of whatever data.
    public var recordedOffset: Int? {
        recorded?.values[RecordedFlags.labelOffset].flatMap { Int($0) }
    }
}

extension ClassNames {
    /// The label of the first name where a network has so many classes: 1 if it has one class more, a background, than there are
    /// names.
    public func firstLabel(of classes: Int) -> Int { names.count + 1 == classes ? 1 : 0 }
}
