/// What has started this process together with others, as the environment tells before any library is asked.
package struct Launcher: Equatable, Sendable {
    /// The program's name.
    package let name: String
    /// Which of its processes this is.
    package let rank: Int
    /// How many it has started.
    package let count: Int
    /// The MPI libraries that understand it, the likeliest first.
    package let libraries: [String]

    /// All libraries that there are shared objects for.
    package static let allLibraries = ["openmpi", "mpich"]

    /// The launcher that an environment tells of; nil where there is none.
    ///
    /// Within a batch job Slurm describes the whole job to a script that runs once: only `srun` tells of a step's tasks.
    package init?(_ variable: (String) -> String?) {
        func number(_ name: String) -> Int? { variable(name).flatMap { Int($0) } }
        func take(_ name: String, _ rank: String, _ count: String) -> (String, Int, Int)? {
            guard let rank = number(rank), let count = number(count), rank >= 0, count > rank
            else { return nil }
            return (name, rank, count)
        }
        if let found = take("mpirun", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE") {
            (name, rank, count) = found
            libraries = ["openmpi"]
        } else if let found = take("srun", "SLURM_PROCID", "SLURM_STEP_NUM_TASKS") {
            (name, rank, count) = found
            let speaksPMI = variable("PMI_RANK") != nil && variable("PMIX_RANK") == nil
            libraries = speaksPMI ? Self.allLibraries.reversed() : Self.allLibraries
        } else if let found = take("mpiexec", "PMI_RANK", "PMI_SIZE") {
            (name, rank, count) = found
            libraries = ["mpich"]
        } else {
            return nil
        }
    }

    /// The launcher of this process.
    package static let current = Launcher { environment($0) }
}
