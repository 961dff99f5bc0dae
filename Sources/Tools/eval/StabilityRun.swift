import Base
import Convert
import Data
import Engine
import Networks
import Pictures
import ToolSupport

/// How steady a network's answers are in the videos of ImageNet-P.
struct StabilityRun: RobustnessMeasure {
    let options: ParsedOptions
    let diagnostics: Diagnostics
    let network: Network
    private let preprocessing: Preprocessing
    private let folders: PerturbedFolders

    init(_ options: ParsedOptions, _ diagnostics: Diagnostics) throws {
        self.options = options
        self.diagnostics = diagnostics
        guard let folder = options[EvalOptions.dataDirectory] else {
            throw ToolError(.usage, "no videos: give --data-dir, with folders of frames")
        }
        try Results.check(options)
        (network, _) = try EvaluatedNetwork.open(options, diagnostics)
        preprocessing = try RobustnessInput.preprocessing(options, network, diagnostics)
        folders = try ToolError.about(nil) {
            try PerturbedFolders(
                folder,
                difficulty: options[EvalOptions.difficulty],
                limit: options[EvalOptions.limit] ?? .max
            )
        }
    }

    var summary: String {
        "\(grouped(folders.videoCount)) videos with \(grouped(folders.frameCount)) frames in "
            + "\(folders.folder), difficulty \(options[EvalOptions.difficulty])"
    }

    var imageSize: Int { preprocessing.imageSize }
    var count: Int? { folders.frameCount }
    var remarks: [DataRemark] { folders.remarks }
    var unit: String { "frames" }
    var nothing: String { "no video could be used: \(summary)" }

    var scores: PartialScores {
        var scores = PartialScores()
        scores.stability = [:]
        return scores
    }

    func deliver(_ partial: PartialEvaluation) throws -> (tag: String, value: PartialMean?) {
        let figures = StabilityFigures(partial)
        try figures.deliver(options, diagnostics)
        return ("mFR", figures.rates.mean(over: Perturbation.benchmark))
    }

    func settings() throws -> [PartialEvaluation.Fact] {
        try EvaluationFacts.settings(
            options,
            network,
            preprocessing,
            imageSize: preprocessing.imageSize,
            labelOffset: 0
        ) + [
            .init("measure", "perturbations"),
            .init("data_sha256", folders.fingerprint),
            .init("difficulty", "\(options[EvalOptions.difficulty])"),
        ]
    }

    /// Counts the videos that are still to be counted, each when it is whole.
    func evaluate(
        _ executor: Executor,
        _ partial: PartialRun
    ) throws -> [CorruptPicture] {
        guard !partial.partial.isComplete else { return [] }
        let evaluator = Evaluator(
            executor,
            classes: network.classes,
            preprocessing: preprocessing
        )
        var source = PerturbedFrames(
            folders,
            part: partial.partial.part,
            of: partial.partial.parts,
            from: partial.partial.position
        )
        var progress = Progress(
            total: source.count,
            unit: "frames",
            isEnabled: options[RunOptions.progress]
        )
        var videos = VideoCount(
            partial.partial.scores,
            folders,
            difficulty: options[EvalOptions.difficulty]
        )
        var mark = Evaluator.Mark(position: partial.partial.position)
        var seen = 0
        do {
            try unsafe evaluator.run(
                &source,
                tolerance: partial.tolerance(options[EvalOptions.skipCorrupt])
            ) { batch in
                for (index, picture) in batch.pictures.enumerated() {
                    videos.add(batch.logits(of: index), ofVideo: picture.place)
                }
                seen += batch.pictures.count
                progress.update(seen)
                mark = batch.mark
                mark.position = videos.open ?? partial.partial.position
                try partial.take(videos.scores, at: mark)
                return !Ranks.isInterrupted
            }
        } catch let error as CorruptPicture {
            throw ToolError(.file, error)
        }
        let isInterrupted = Ranks.isInterrupted
        if !isInterrupted {
            videos.finish()
            mark = evaluator.mark(source)
            mark.position = folders.videoCount
        }
        try partial.finish(videos.scores, at: mark, isComplete: !isInterrupted)
        for sentence in Ranks.gather(videos.remarks) { diagnostics.warning(sentence) }
        return evaluator.skipped
    }
}

/// Videos being counted one after the other.
private struct VideoCount {
    /// What was counted of whole videos.
    private(set) var scores: PartialScores
    /// The video that is not whole yet.
    private(set) var open: Int?
    /// What was left out, a sentence each.
    private(set) var remarks: [(place: Int, sentence: String)] = []
    private let folders: PerturbedFolders
    private let difficulty: Int
    private var comparison = FrameComparison(.snow)
    private var frames = 0
    private var unusable = 0

    init(_ scores: PartialScores, _ folders: PerturbedFolders, difficulty: Int) {
        self.scores = scores
        self.folders = folders
        self.difficulty = difficulty
    }

    /// Takes the next frame.
    mutating func add(_ logits: ArraySlice<Float>, ofVideo video: Int) {
        if open != video {
            finish()
            open = video
            comparison = FrameComparison(folders.video(video).perturbation, difficulty: difficulty)
        }
        if !logits.allSatisfy(\.isFinite) { unusable += 1 }
        comparison.add(logits.span)
        frames += 1
    }

    /// Counts the video that is open; one of which a frame was left out is left out too.
    mutating func finish() {
        guard let open else { return }
        let video = folders.video(open)
        if frames < video.frames {
            remarks.append((open, "left out: \(video.name): a frame of it cannot be read"))
        } else {
            var stability = scores.stability?[video.perturbation] ?? Stability()
            if comparison.finish(&stability) {
                scores.stability?[video.perturbation] = stability
                scores.count += frames
                scores.unusable += unusable
            } else {
                remarks.append(
                    (open, "left out: \(video.name): \(frames) frames are too few to compare")
                )
            }
        }
        (self.open, frames, unusable) = (nil, 0, 0)
    }
}
