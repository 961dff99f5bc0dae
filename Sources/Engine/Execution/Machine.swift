internal import COneDNN
internal import Foundation

/// What plans and the weights prepared for them hold for.
public enum Machine {
    /// The processor and the library's version, in a form that suits a file's name.
    public static let name: String = {
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let wanted = ["cpu family", "model", "stepping", "model name"]
        var values: [String: String] = [:]
        for line in text.split(separator: "\n").prefix(30) {
            let pair = line.split(separator: ":", maxSplits: 1).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            if pair.count == 2, wanted.contains(pair[0]) { values[pair[0]] = pair[1] }
        }
        let parts = wanted.map { values[$0] ?? "unknown" }
        let version = unsafe dnnl_version().map { unsafe $0.pointee }
        let library = unsafe version.map { unsafe "\($0.major).\($0.minor).\($0.patch)" } ?? "0"
        return (parts + [library]).joined(separator: "-").map { character in
            character.isLetter || character.isNumber || character == "." ? String(character) : "-"
        }.joined()
    }()
}
