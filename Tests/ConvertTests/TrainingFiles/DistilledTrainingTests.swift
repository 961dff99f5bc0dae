import Checkpoint
import Data
import Engine
import Proto
import TestSupport
import Testing

/// The reference's training with a teacher, the teacher's logits read from records.
@Suite(.serialized)
struct DistilledTrainingTests {
    @Test(
        "four steps have the reference's losses, whichever way the logits are stored",
        arguments: [
            (LogitForm(), 1e-4), (LogitForm(precision: .float16), 1e-3),
            (LogitForm(top: 11), 1e-4),
        ] as [(LogitForm, Double)]
    )
    func losses(form: LogitForm, tolerance: Double) throws {
        let folder = try TemporaryFolder()
        let path = folder.path("train-00000-of-00001")
        let reader = try RecordReader(path: Fixture.path("training/pictures.tfrecord"))
        let writer = try RecordWriter(path: path)
        for step in 0..<4 {
            let logits = RepeatedTraining.teacherLogits(step, count: 16 * 11)
            for row in 0..<16 {
                let record = try #require(try reader.next())
                var example = try Example(unsafe record.bytes.buffer.bytes)
                try form.store(Array(logits[(row * 11)..<((row + 1) * 11)]), in: &example)
                try writer.write(unsafe example.serialized.span.bytes)
            }
        }
        try writer.finish()
        let training = try RepeatedTraining("distill", distilled: path)
        #expect(training.reports.count == 4)
        for (step, report) in zip(training.golden.steps, training.reports) {
            let ours = report.loss.distillation
            #expect(abs(ours - step.distillation) <= tolerance * step.distillation)
        }
    }
}
