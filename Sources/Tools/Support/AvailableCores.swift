import Glibc

/// The cores that this process may use, which is the number of threads where none is asked for.
public enum AvailableCores {
    /// The cores that the process is bound to, or fewer where its control group grants less time.
    public static let count: Int = {
        let online = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        let bound = smallFile("/proc/self/status").flatMap(boundCores) ?? online
        let granted = smallFile("/sys/fs/cgroup/cpu.max").flatMap(grantedCores) ?? bound
        return min(bound, granted)
    }()

    /// The cores in the affinity mask that `/proc/self/status` shows: `Cpus_allowed: ff,ffffffff`.
    package static func boundCores(_ status: String) -> Int? {
        let title = "Cpus_allowed:"
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix(title) }) else {
            return nil
        }
        let digits = line.dropFirst(title.count).compactMap(\.hexDigitValue)
        let count = digits.reduce(0) { $0 + $1.nonzeroBitCount }
        return count > 0 ? count : nil
    }

    /// The cores that a control group's `quota period` grants, rounded up; nil for `max`.
    package static func grantedCores(_ text: String) -> Int? {
        let words = text.split { $0 == " " || $0 == "\n" }
        guard words.count == 2, let quota = Double(words[0]), let period = Double(words[1]),
            quota > 0, period > 0, quota / period < 1e6
        else { return nil }
        return Int((quota / period).rounded(.up))
    }

    private static func smallFile(_ path: String) -> String? {
        let descriptor = unsafe open(path, O_RDONLY)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return unsafe withUnsafeTemporaryAllocation(byteCount: 8192, alignment: 1) { buffer in
            let count = unsafe read(descriptor, buffer.baseAddress, buffer.count)
            return count > 0 ? unsafe String(decoding: buffer.prefix(count), as: UTF8.self) : nil
        }
    }
}
