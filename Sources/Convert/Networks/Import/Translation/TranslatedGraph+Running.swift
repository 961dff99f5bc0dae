package import Engine
internal import Proto
package import Reference

extension TranslatedGraph {
    /// The layers, made ready to run.
    ///
    /// - Throws: `EngineError`.
    package func executor(
        batch: Int,
        _ options: ExecutionOptions = ExecutionOptions()
    ) throws(EngineError) -> Executor {
        try Executor(graph, weights: weights, batch: self.batch ?? batch, options: options)
    }

    /// Puts a batch into the place of an executor's input.
    ///
    /// - Parameters:
    ///   - executor: What ``executor(batch:_:)`` made.
    ///   - values: For each input one picture's tensor after the other, as the graph has them; as many as fit, or fewer.
    package func fill(_ executor: Executor, with values: [[Float]]) {
        unsafe executor.withInput { target in
            unsafe target.update(repeating: 0)
            guard inputs.count == 1 else {
                // Rows behind each other in one.
                let counts = inputs.map(\.shape.count)
                let width = counts.reduce(0, +)
                var start = 0
                for (list, count) in zip(values, counts) {
                    for (index, value) in list.enumerated() {
                        let place = index / count * width + start + index % count
                        if place < target.count { unsafe target[place] = value }
                    }
                    start += count
                }
                return
            }
            let shape = inputs[0].shape
            let (area, channels) = (shape.area, shape.channels)
            let isPlanar = inputs[0].order == .first
            for (index, value) in values[0].enumerated() where index < target.count {
                let (pixel, channel) = (index / channels, index % channels)
                let (picture, place) = (pixel / area, pixel % area)
                let planar = (picture * channels + channel) * area + place
                unsafe target[isPlanar ? index : planar] = value
            }
        }
    }

    /// The values of a stage in the last run, in the graph's own arrangement, the first pictures only.
    ///
    /// - Returns: The values; nil where nothing gives it.
    /// - Throws: `ReferenceError`.
    package func value(
        of stage: Stage,
        _ executor: Executor,
        pictures count: Int
    ) throws(ReferenceError) -> ReferenceTensor? {
        if let remainder = remainders[stage] {
            var values: [ReferenceTensor] = []
            for source in remainder.sources {
                let value = try value(of: source.stage, at: source.place, executor, pictures: count)
                guard let value else { return nil }
                values.append(value)
            }
            return try remainder.value(pictures: count, values)
        }
        guard let place = places[stage] else { return nil }
        return try value(of: stage, at: place, executor, pictures: count)
    }

    private func value(
        of stage: Stage,
        at place: Place,
        _ executor: Executor,
        pictures count: Int
    ) throws(ReferenceError) -> ReferenceTensor? {
        guard var values = executor.values(of: stage) else { return nil }
        let shape = place.shape
        if place.order == .first {
            values = ActivationTranspose.transposed(
                values,
                [executor.batch, shape.height, shape.width, shape.channels],
                [0, 3, 1, 2]
            )
        }
        let tensor = try ReferenceTensor(
            [count * place.lead] + place.rest,
            Array(values.prefix(count * shape.count))
        )
        return try tensor.cast(to: place.type)
    }

    /// Computes tensors of the graph for any number of pictures.
    ///
    /// - Parameters:
    ///   - stages: Tensors that the graph was translated for; the logits are ``Stage/logits``.
    ///   - given: The pictures, as the graph has them.
    ///   - batch: How many are computed at once.
    ///   - options: How it is computed.
    /// - Returns: Their values in the same order.
    /// - Throws: ``NetworkError``, `EngineError`, `ReferenceError`.
    package func values(
        of stages: [Stage],
        pictures given: ReferenceTensor,
        batch: Int,
        _ options: ExecutionOptions = ExecutionOptions()
    ) throws -> [ReferenceTensor] {
        guard let count = given.shape.first, count > 0,
            Array(given.shape.dropFirst()) == inputs[0].rest
        else {
            throw NetworkError.imported(
                .untranslatable(
                    reason: "pictures of the shape \(given.shape), expected [pictures"
                        + inputs[0].rest.map { ", \($0)" }.joined() + "]"
                )
            )
        }
        let executor = try executor(batch: min(batch, count), options)
        let values = given.values
        let width = values.count / count
        // What layers give, and what else is computed of that, for all pictures at once.
        var wanted: [(stage: Stage, place: Place)] = []
        for stage in stages {
            if let place = places[stage] { wanted.append((stage, place)) }
            wanted += remainders[stage]?.sources.map { ($0.stage, $0.place) } ?? []
        }
        var rows = wanted.map { _ in [Float]() }
        var done = 0
        while done < count {
            let next = min(executor.batch, count - done)
            fill(executor, with: [Array(values[(done * width)..<((done + next) * width)])])
            try executor.run()
            for (index, (stage, place)) in wanted.enumerated() {
                guard let value = try value(of: stage, at: place, executor, pictures: next) else {
                    throw NetworkError.imported(.noTensor(stage.name, near: []))
                }
                rows[index] += value.values
            }
            done += next
        }
        var found: [Stage: ReferenceTensor] = [:]
        for ((stage, place), row) in zip(wanted, rows) {
            let tensor = try ReferenceTensor([count * place.lead] + place.rest, row)
            found[stage] = try tensor.cast(to: place.type)
        }
        var results: [ReferenceTensor] = []
        for stage in stages {
            if let remainder = remainders[stage] {
                let given = remainder.sources.compactMap { found[$0.stage] }
                results.append(try remainder.value(pictures: count, given))
            } else if let value = found[stage] {
                results.append(value)
            } else {
                throw NetworkError.imported(.noTensor(stage.name, near: []))
            }
        }
        return results
    }
}
