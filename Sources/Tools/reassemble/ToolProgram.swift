import Glibc
import Suite

/// The program of a tool, in the folder of this one: `reassemble-eval`, as it is installed, or `eval`, as it is built.
struct ToolProgram {
    private let tool: SuiteTool
    private let path: String

    /// The program of a tool; ends the process where it is missing.
    init(_ tool: SuiteTool) {
        self.tool = tool
        let folder = Self.folder
        let paths = ["\(folder)/reassemble-\(tool.rawValue)", "\(folder)/\(tool.rawValue)"]
        guard let path = paths.first(where: { unsafe access($0, X_OK) == 0 }) else {
            fail("the program '\(paths[0])' is missing", code: 3)
        }
        self.path = path
    }

    /// Becomes the program, with the arguments behind the tool's name, whatever their bytes.
    func runWithRest() -> Never {
        let words = unsafe UnsafeBufferPointer(
            start: CommandLine.unsafeArgv,
            count: Int(CommandLine.argc)
        )
        unsafe become(arguments: Array(words.dropFirst(2)))
    }

    /// Becomes the program, with other arguments.
    func run(_ arguments: [String]) -> Never {
        unsafe become(arguments: arguments.map { unsafe strdup($0) })
    }

    private func become(arguments: [UnsafeMutablePointer<CChar>?]) -> Never {
        let name = unsafe strdup("reassemble \(tool.rawValue)")
        unsafe execv(path, [name] + arguments + [nil])
        let reason = unsafe String(cString: strerror(errno))
        fail("the program '\(path)' cannot be run: \(reason)", code: 3)
    }

    /// The folder of the running program.
    private static var folder: String {
        let own = unsafe realpath("/proc/self/exe", nil)
        defer { unsafe free(own) }
        guard let own = unsafe own else { return "." }
        let path = unsafe String(cString: own)
        return String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    }
}
