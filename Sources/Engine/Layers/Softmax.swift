#if canImport(Glibc)
    internal import Glibc
#endif

/// The softmax of two numbers.
func softmax(_ first: Float, _ second: Float) -> (Float, Float) {
    let largest = max(first, second)
    let (x, y) = (expf(first - largest), expf(second - largest))
    return (x / (x + y), y / (x + y))
}
