import Checkpoint
import TestSupport
import Testing

/// The file `checkpoint`; tests bear the ids of the cases that they stand for.
@Suite struct StateTests {
    private func state(_ text: String) throws -> CheckpointState {
        let folder = try TemporaryFolder()
        return try CheckpointState(path: folder.write(Array(text.utf8), to: "checkpoint"))
    }

    @Test("G01: TensorFlow's file, and a manager's with times")
    func goldens() throws {
        #expect(
            try CheckpointState(path: Fixture.path("formats/dtypes/checkpoint"))
                == CheckpointState(latest: "model.ckpt-1234", all: ["model.ckpt-1234"])
        )
        let text = """
            model_checkpoint_path: "ckpt-2"
            all_model_checkpoint_paths: "ckpt-1"
            all_model_checkpoint_paths: "ckpt-2"
            all_model_checkpoint_timestamps: 1700000000.25
            all_model_checkpoint_timestamps: 1700000001.5
            last_preserved_timestamp: 1699999999

            """
        let state = try state(text)
        #expect(state.latest == "ckpt-2")
        #expect(state.all == ["ckpt-1", "ckpt-2"])
        #expect(state.timestamps == [1_700_000_000.25, 1_700_000_001.5])
        #expect(state.lastPreserved == 1_699_999_999)
    }

    @Test("G02: what the text format allows")
    func grammar() throws {
        let text =
            "# a comment\r\nmodel_checkpoint_path: 'first'\r\n"
            + "model_checkpoint_path: \"a\\055\" 'b' # another\r\n"
            + "all_model_checkpoint_paths: [\"x\", 'y']; last_preserved_timestamp: inf"
        let state = try state(text)
        #expect(state.latest == "a-b")
        #expect(state.all == ["x", "y"])
        #expect(state.lastPreserved == .infinity)
    }

    @Test(
        "G04, G05: what it does not",
        arguments: [
            ("", 1, 1, "there is no model_checkpoint_path"),
            ("garbage", 1, 8, "expected ':' behind 'garbage'"),
            ("\u{FEFF}a: 1", 1, 1, "expected the name of a field"),
            ("model_checkpoint_path: \"x", 1, 26, "a string does not end"),
            ("\nmodel_checkpoint_path: \"x\\000\"", 2, 31, "a path holds a zero byte"),
            ("model_checkpoint_path: \"x\"\nother: 1", 2, 7, "the field 'other' is unknown"),
            ("model_checkpoint_path: 5", 1, 24, "expected a string in quotes"),
            ("model_checkpoint_path: \"\\377\"", 1, 30, "a path is not UTF-8"),
        ]
    )
    func refused(text: String, line: Int, column: Int, reason: String) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Array(text.utf8), to: "checkpoint")
        var found: CheckpointError?
        do { _ = try CheckpointState(path: path) } catch { found = error }
        guard case .malformedState(path, line, column, reason)? = found else {
            Issue.record("\(text): \(String(describing: found))")
            return
        }
    }

    @Test("G06: very many entries and a very long path")
    func large() throws {
        let long = String(repeating: "x", count: 1_000_000)
        let text =
            "model_checkpoint_path: \"\(long)\"\n"
            + String(repeating: "all_model_checkpoint_paths: \"a\"\n", count: 20_000)
        let state = try state(text)
        #expect(state.latest.count == 1_000_000)
        #expect(state.all.count == 20_000)
    }

    @Test("G07: what is written is read back, whatever is in the names")
    func written() throws {
        let name = "a\"b\\c\nd\té中'\u{1}"
        let state = CheckpointState(
            latest: name,
            all: ["x", name],
            timestamps: [1_700_000_000.125, 3],
            lastPreserved: -1
        )
        let folder = try TemporaryFolder()
        try state.write(to: folder.path("checkpoint"))
        #expect(try CheckpointState(path: folder.path("checkpoint")) == state)
        #expect(
            state.text.hasPrefix(
                "model_checkpoint_path: \"a\\\"b\\\\c\\nd\\té中\\'\\001\"\n"
                    + "all_model_checkpoint_paths: \"x\"\n"
            )
        )
        let golden = try CheckpointState(path: Fixture.path("formats/simple-v2/checkpoint"))
        #expect(Array(golden.text.utf8) == (try Fixture.bytes("formats/simple-v2/checkpoint")))
    }

    @Test("a folder that moved is found through its absolute paths, and it is told")
    func moved() throws {
        let folder = try TemporaryFolder()
        for name in ["model.ckpt-77.index", "model.ckpt-77.data-00000-of-00001"] {
            try folder.write(try Fixture.bytes("formats/simple-v2/" + name), to: name)
        }
        try CheckpointState(latest: "/gone/model.ckpt-77", all: [])
            .write(to: folder.path("checkpoint"))
        let location = try CheckpointLocation(folder.root)
        #expect(location.prefix == folder.path("model.ckpt-77"))
        #expect(location.notes.count == 1)
    }

    @Test("paths that mean no checkpoint say what is there")
    func noCheckpoints() throws {
        let folder = try TemporaryFolder()
        let text = try folder.write(Array("hello\n".utf8), to: "notes.txt")
        for (path, reason) in [
            (folder.path("x"), "there is no such file or directory"),
            (text, "it is a text file; give a checkpoint's prefix, its .index file or its folder"),
            (folder.root, "the folder has no file 'checkpoint' and no .index file"),
            ("", "the path is empty"), ("/dev/null", "it is neither a file nor a directory"),
        ] {
            #expect(throws: CheckpointError.noCheckpoint(path: path, reason: reason)) {
                try CheckpointLocation(path)
            }
        }
    }
}
