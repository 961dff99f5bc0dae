import Foundation
import Networks
import ToolSupport

extension FinetuneOptions {
    /// Throws where a command line asks for what cannot be, or cannot be meant.
    ///
    /// - Throws: ``ToolError`` with ``ExitCode/usage``.
    static func refuseContradictions(_ options: ParsedOptions, folder: String) throws {
        func refuse(_ isWrong: Bool, _ sentence: String) throws {
            if isWrong { throw ToolError(.usage, sentence) }
        }
        try refuse(
            options[evalOnly] == true,
            "this tool trains; eval evaluates a checkpoint"
        )
        let start = options[pretrained]
        let isAboutStart = options.isGiven(warmStart) || options.isGiven(pretrainedWeights)
        try refuse(
            isAboutStart && start == nil,
            "--warm-start and --pretrained-weights need --pretrained-model-checkpoint-path"
        )
        if options[clean], let start {
            let home = URL(filePath: folder).resolvingSymlinksInPath().path + "/"
            let place = URL(filePath: start).resolvingSymlinksInPath().path + "/"
            try refuse(
                place.hasPrefix(home),
                "--clean would take away \(start), which the training is to begin with"
            )
        }
        try refuse(
            options[evaluatedWeights] == .movingAverages && options[averageDecay] == nil,
            "--eval-weights=ema needs --ema-decay"
        )
        try refuse(
            !options[augmentation] && !(options[autoAugment] ?? "").isEmpty,
            "--no-augmentation and --autoaugment-type contradict each other"
        )
        let range = options[keepProbability]
        try refuse(
            range.count != 2,
            "--dropblock-kp takes two numbers, such as 0.9,0.7; \(range.count) were given"
        )
    }
}
