/// After which epochs a training is evaluated.
public enum EvaluationSchedule {
    /// The epochs, as the published code has them: the training goes in cycles of `interval` epochs, the last one shorter; a
    /// cycle that ends behind the share `fineFrom` of all epochs becomes cycles of one.
    ///
    /// - SeeAlso: `get_epoch_schedule` in clovaai/assembled-cnn, `utils/config_utils.py`.
    public static func epochs(total: Int, interval: Int, fineFrom: Double) -> [Int] {
        precondition(interval > 0, "an evaluation every \(interval) epochs")
        let fine = Int(Double(total) * fineFrom)
        return stride(from: 0, to: total, by: interval).flatMap { start in
            let end = min(start + interval, total)
            return end > fine ? Array((start + 1)...end) : [end]
        }
    }
}
