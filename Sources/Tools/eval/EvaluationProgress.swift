import Data
import ToolSupport

/// How far an evaluation is: of all its pictures, or of the part of them that this process counts.
struct EvaluationProgress: ~Copyable {
    private var line: Progress
    private let counting: RecordCount?
    private let share: PictureShare?
    private let before: Int
    private let limit: Int?

    /// Begins the line, before the first picture is done.
    ///
    /// - Parameters:
    ///   - options: The limit, and whether a line is wanted.
    ///   - input: The pictures; record files are counted beside the work, by their lengths alone.
    ///   - share: The part of them that is counted here; nil for all.
    ///   - before: How many earlier runs have counted.
    ///   - usual: How many the data set has, where that is known.
    init(
        _ options: ParsedOptions,
        _ input: EvaluationInput,
        share: PictureShare?,
        before: Int,
        usual: Int?
    ) {
        self.share = share
        self.before = before
        let limit = options[EvalOptions.limit]
        self.limit = limit
        let total = (input.count ?? usual ?? limit).map { Self.total(of: $0, share, limit, before) }
        line = Progress(
            total: total,
            unit: "pictures",
            isEnabled: options[RunOptions.progress]
        )
        let files = input.source.recordFiles
        counting = line.isVisible && !files.isEmpty ? RecordCount(of: files) : nil
        line.begin(before)
    }

    /// Of so many pictures those that are counted here.
    private static func total(
        of all: Int,
        _ share: PictureShare?,
        _ limit: Int?,
        _ before: Int
    ) -> Int {
        let all = min(all, limit ?? .max)
        return share.map { before + $0.count(of: all) } ?? all
    }

    /// Says that so many pictures are counted, those of earlier runs among them.
    mutating func update(_ done: Int) {
        guard let all = counting?.total else { return line.update(done) }
        line.update(done, of: Self.total(of: all, share, limit, before))
    }
}
