import Base
import Convert
import Data
import Engine
import Networks
import Pictures
import ToolSupport

/// How steady a network's answers are in the videos of ImageNet-P.
struct StabilityRun {
    private let options: ParsedOptions
    private let diagnostics: Diagnostics
    private let network: Network
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

    private var summary: String {
        "\(grouped(folders.videoCount)) videos with \(grouped(folders.frameCount)) frames in "
            + "\(folders.folder), difficulty \(options[EvalOptions.difficulty])"
    }

    func run() throws -> ExitCode {
        let executor = try network.executor(
            imageSize: preprocessing.imageSize,
            batch: max(min(options[EvalOptions.batchSize], folders.frameCount), 1),
            options[EvalOptions.weights],
            options
        )
        try network.describe(diagnostics, usesPictures: false)
        diagnostics.note("input: \(summary)")
        diagnostics.tell(folders.remarks)
        var scores = PartialScores()
        scores.stability = [:]
        let partial = try PartialRun(
            options,
            settings: try settings(),
            remarks: EvaluationFacts.remarks(options, network, executor, summary),
            scores: scores,
            diagnostics
        )
        let skipped = try evaluate(executor, partial)
        let isInterrupted = Interruption.isRequested
        try EngineReport(executor).deliver(options)
        let counted = partial.partial.scores
        diagnostics.tellEnd(
            isInterrupted: isInterrupted,
            skipped: skipped,
            unusable: counted.unusable,
            of: counted.count,
            unit: "frames"
        )
        guard counted.count > 0 else {
            if isInterrupted { return .interrupted }
            throw ToolError(.file, "no video could be used: \(summary)")
        }
        partial.tellPart(diagnostics)
        let figures = StabilityFigures(partial.partial)
        try figures.deliver(options, diagnostics)
        if !isInterrupted, partial.partial.parts == 1 {
            RobustnessEvents(options, checkpoint: network.files.path).write(
                "mFR",
                figures.rates.mean(over: Perturbation.benchmark),
                diagnostics
            )
        }
        for sentence in network.keepPrepared() { diagnostics.warning(sentence) }
        return isInterrupted ? .interrupted : .done
    }

    private func settings() throws -> [PartialEvaluation.Fact] {
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
    private func evaluate(
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
        let skipsBefore = partial.partial.skipped
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
                if let open = videos.open {
                    try partial.take(
                        videos.scores,
                        position: open,
                        skipped: skipsBefore + evaluator.skipped.count
                    )
                }
                return !Interruption.isRequested
            }
        } catch let error as CorruptPicture {
            throw ToolError(.file, error)
        }
        let isInterrupted = Interruption.isRequested
        let open = videos.open
        if !isInterrupted { videos.finish() }
        try partial.finish(
            videos.scores,
            position: isInterrupted ? open ?? partial.partial.position : folders.videoCount,
            skipped: skipsBefore + evaluator.skipped.count,
            isComplete: !isInterrupted
        )
        for sentence in videos.remarks { diagnostics.warning(sentence) }
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
    private(set) var remarks: [String] = []
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
            remarks.append("left out: \(video.name): a frame of it cannot be read")
        } else {
            var stability = scores.stability?[video.perturbation] ?? Stability()
            if comparison.finish(&stability) {
                scores.stability?[video.perturbation] = stability
                scores.count += frames
                scores.unusable += unusable
            } else {
                remarks.append("left out: \(video.name): \(frames) frames are too few to compare")
            }
        }
        (self.open, frames, unusable) = (nil, 0, 0)
    }
}
