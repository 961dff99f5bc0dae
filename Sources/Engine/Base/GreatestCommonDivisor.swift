/// The largest number that divides both, neither of which is below zero; the other one where one is zero.
package func greatestCommonDivisor(_ first: Int, _ second: Int) -> Int {
    second == 0 ? first : greatestCommonDivisor(second, first % second)
}
