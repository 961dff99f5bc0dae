public import Data

extension Diagnostics {
    /// Tells what should be known of data, each sentence once.
    public func tell(_ remarks: [DataRemark]) {
        for (index, remark) in remarks.enumerated() where !remarks[..<index].contains(remark) {
            if remark.isWarning { warning(remark.text) } else { note(remark.text) }
        }
    }
}
