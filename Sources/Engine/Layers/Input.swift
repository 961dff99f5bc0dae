/// The pictures, planar, with the means subtracted.
package struct Input: Layer {
    package static let kind = "input"
    let shape: FeatureShape

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        shape
    }

    package func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        planner.makeActivation(output, .planar, .float32)
    }
}
