/// Where ranks run: their machines, the cores that each is bound to, and the threads that it computes with.
package struct Placement: Equatable, Sendable {
    /// One rank's place.
    package struct Place: Equatable, Sendable, Codable {
        /// The machine.
        package let host: String
        /// The numbers of the cores that it may run on.
        package let cores: [Int]
        /// The cores of the machine.
        package let online: Int
        /// Threads that compute.
        package let threads: Int

        /// A place.
        package init(host: String, cores: [Int], online: Int, threads: Int) {
            self.host = host
            self.cores = cores
            self.online = online
            self.threads = threads
        }
    }

    private let places: [Place]
    private let library: String

    /// The places of all ranks, in their order.
    package init(_ places: [Place], library: String) {
        self.places = places
        self.library = library
    }

    /// The hosts in the order of their first ranks.
    private var hosts: [(name: String, places: [Place])] {
        var names: [String] = []
        for place in places where !names.contains(place.host) { names.append(place.host) }
        return names.map { name in (name, places.filter { $0.host == name }) }
    }

    /// How many ranks there are, where, and with how many threads: `4 ranks on 2 hosts, 8 threads each`.
    package var summary: String {
        let threads = places.map(\.threads)
        let (least, most) = (threads.min() ?? 0, threads.max() ?? 0)
        let each =
            least == most
            ? "\(Self.counted(most, "thread")) each" : "\(least) to \(most) threads each"
        let hosts = hosts
        let shown =
            hosts.count == 1
            ? "one host (\(hosts[0].name))"
            : "\(hosts.count) hosts ("
                + hosts.prefix(4).map { "\($0.name): \($0.places.count)" }.joined(separator: ", ")
                + (hosts.count > 4 ? ", …)" : ")")
        return "\(Self.counted(places.count, "rank")) on \(shown), \(each), by \(library)"
    }

    private static func counted(_ number: Int, _ what: String) -> String {
        "\(number) \(what)\(number == 1 ? "" : "s")"
    }

    /// What of it is likely not what was meant, a sentence each.
    package var doubts: [String] {
        hosts.compactMap { host in
            let cores = Set(host.places.flatMap(\.cores)).count
            let threads = host.places.reduce(0) { $0 + $1.threads }
            let online = host.places.map(\.online).max() ?? 0
            let ranks = host.places.count
            let computing = "\(Self.counted(threads, "thread")) of \(Self.counted(ranks, "rank"))"
            if threads > cores {
                return
                    "\(ranks == 1 ? "threads" : "ranks") share cores: \(computing) on \(cores) of "
                    + "\(Self.counted(online, "core")) of \(host.name); give each its own (mpirun --map-by numa --bind-to "
                    + "numa), or fewer --threads"
            }
            if 2 * threads <= online {
                let verb = threads == 1 ? "leaves" : "leave"
                return
                    "\(computing) \(verb) \(online - threads) of the \(online) cores of \(host.name) idle: mpirun binds a rank to one core unless it is told "
                    + "--map-by numa --bind-to numa"
            }
            return nil
        }
    }

    /// The numbers of the cores that `/proc/self/status` allows: `Cpus_allowed_list: 0-3,8`.
    package static func cores(_ status: String) -> [Int] {
        let title = "Cpus_allowed_list:"
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix(title) }) else {
            return []
        }
        return line.dropFirst(title.count).split(separator: ",").flatMap { part -> [Int] in
            let ends = part.split(separator: "-").compactMap {
                Int($0.filter { !$0.isWhitespace })
            }
            guard let first = ends.first, let last = ends.last, first <= last, last < 1 << 16 else {
                return []
            }
            return Array(first...last)
        }
    }
}
