internal import Foundation

/// Where things lie that belong to a checkpoint without being part of it.
public enum CheckpointHome {
    /// Folders that a training or an export keeps checkpoints in, below the one for all that belongs to them.
    private static let kept: Set = ["best", "periodical", "variables"]

    /// The folder of what belongs to the checkpoint, or the file of weights, at a path: its own, or the one above where that
    /// merely keeps checkpoints.
    public static func folder(of path: String) -> String {
        let folder = URL(filePath: path).deletingLastPathComponent()
        let home =
            kept.contains(folder.lastPathComponent) ? folder.deletingLastPathComponent() : folder
        let text = home.path(percentEncoded: false)
        return text.utf8.count > 1 && text.hasSuffix("/") ? String(text.dropLast()) : text
    }
}
