/// What a layer with parameters is to its section: a convolution or dense layer, or the batch norm behind it.
package enum Part: Hashable, Sendable {
    /// A convolution of the stem, counted from 0 where there are several.
    case stem(Int?)
    /// The batch norm that ends the stem.
    case stemEnd
    /// BigLittle's stem: the convolution at half resolution.
    case bigStem
    /// BigLittle's stem: the convolutions at full resolution, counted from 0.
    case littleStem(Int)
    /// BigLittle's stem: the convolution behind the sum of the two.
    case mergedStem
    /// A layer of a bottleneck; bottlenecks count from 0 in each section.
    case bottleneck(Int, BottleneckPart)
    /// The convolution that gives BigLittle's little branch as many channels as the big one has.
    case littleExpansion
    /// The embedding in front of the classifier.
    case embedding
    case classifier
}

/// What a layer with parameters is to its bottleneck.
package enum BottleneckPart: Hashable, Sendable {
    /// The convolutions of the main path, counted from 0.
    case main(Int)
    /// The convolution of the shortcut; behind a pool or a blur, or not.
    case projection(isPooled: Bool)
    /// The squeezing half of a selective-kernel unit.
    case selectiveKernelReduce
    /// The half of a selective-kernel unit that gives each branch its weight.
    case selectiveKernelExpand
    /// The squeezing half of a squeeze-and-excitation unit.
    case squeezeExcitationReduce
    /// The half of a squeeze-and-excitation unit that gives each channel its scale.
    case squeezeExcitationExpand
}
