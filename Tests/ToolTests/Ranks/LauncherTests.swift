import Testing
import ToolSupport

@Suite("What has started a process together with others")
struct LauncherTests {
    private func launcher(_ variables: [String: String]) -> Launcher? {
        Launcher { variables[$0] }
    }

    @Test("is told from the environment, and which MPI library it belongs to")
    func found() throws {
        #expect(launcher([:]) == nil)
        let openMPI = try #require(
            launcher(["OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "3", "PMIX_RANK": "1"])
        )
        #expect(openMPI.rank == 1 && openMPI.count == 3 && openMPI.libraries == ["openmpi"])
        let hydra = try #require(launcher(["PMI_RANK": "0", "PMI_SIZE": "2", "PMI_FD": "9"]))
        #expect(hydra.name == "mpiexec" && hydra.count == 2 && hydra.libraries == ["mpich"])
        let slurm = ["SLURM_PROCID": "5", "SLURM_STEP_NUM_TASKS": "8"]
        #expect(launcher(slurm)?.libraries == ["openmpi", "mpich"])
        #expect(
            launcher(slurm.merging(["PMI_RANK": "5"]) { $1 })?.libraries == ["mpich", "openmpi"]
        )
    }

    @Test("a batch script of Slurm that runs once is no one of several")
    func batchScript() {
        #expect(launcher(["SLURM_PROCID": "0", "SLURM_NTASKS": "8", "SLURM_JOB_ID": "1"]) == nil)
    }

    @Test("numbers that cannot be are no launcher")
    func nonsense() {
        #expect(launcher(["PMI_RANK": "2", "PMI_SIZE": "2"]) == nil)
        #expect(launcher(["PMI_RANK": "-1", "PMI_SIZE": "2"]) == nil)
        #expect(launcher(["OMPI_COMM_WORLD_RANK": "x", "OMPI_COMM_WORLD_SIZE": "2"]) == nil)
    }
}
