/// A layer that can be trained: beside its inference it has a forward pass that remembers, and a gradient.
protocol TrainableLayer: Layer {
    /// Appends the steps of the forward pass in training, and returns how the gradient will go back.
    func planTraining(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: TrainingPlanner
    ) throws(EngineError) -> Tape
}

/// What a layer's forward pass leaves for the backward pass.
struct Tape {
    /// Appends the steps of the backward pass.
    ///
    /// It is given the gradient of the loss with respect to the output, and for each input whether the gradient with
    /// respect to that is wanted; it returns one term for each input, nil where none is wanted.
    typealias Backward =
        (_ gradient: Gradient, _ wanted: [Bool]) throws(EngineError) -> [GradientTerm?]

    /// Where the output lies.
    let output: Activation
    /// How the gradient goes back.
    let backward: Backward
}
