/// Random numbers.
///
/// Those between 0 and 1 are known by their ends: where both give the same, as in a dropout that keeps everything, the result
/// is that. Others are refused where they are needed.
extension ReferenceOperation {
    static let random: [String: ReferenceOperation] = [
        "RandomUniform": ReferenceOperation(.random, 1...1),
        "StatelessRandomUniform": ReferenceOperation(.random, 2...2),
        "StatelessRandomUniformV2": ReferenceOperation(.random, 4...4),
        "RandomStandardNormal": .refused(1...1, unrepeatable),
        "TruncatedNormal": .refused(1...1, unrepeatable),
        "ParameterizedTruncatedNormal": .refused(5...5, unrepeatable),
        "RandomUniformInt": .refused(3...3, unrepeatable),
        "RandomGamma": .refused(2...2, unrepeatable),
        "RandomPoisson": .refused(2...2, unrepeatable),
        "RandomPoissonV2": .refused(2...2, unrepeatable),
        "FractionalMaxPool": .refused(1...1, unrepeatable),
        "FractionalAvgPool": .refused(1...1, unrepeatable),
        "StatefulUniform": .refused(3...3, unrepeatable),
        "StatefulStandardNormalV2": .refused(3...3, unrepeatable),
        "StatefulTruncatedNormal": .refused(3...3, unrepeatable),
        "StatelessRandomUniformInt": .refused(4...4, unrepeatable),
        "StatelessMultinomial": .refused(3...3, unrepeatable),
        "RandomShuffle": .refused(1...1, unrepeatable),
        "Multinomial": .refused(2...2, unrepeatable),
        "StatelessRandomNormal": .refused(2...2, unrepeatable),
        "StatelessRandomNormalV2": .refused(4...4, unrepeatable),
        "StatelessTruncatedNormal": .refused(2...2, unrepeatable),
        "StatelessTruncatedNormalV2": .refused(4...4, unrepeatable),
    ]

    private static let unrepeatable = "random numbers are not computed"
}
