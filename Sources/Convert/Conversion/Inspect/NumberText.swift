internal import Foundation

/// Numbers of one array as NumPy writes them: as many digits as tell them apart, at most eight behind the point, in one width.
struct NumberTexts {
    /// The digits of one number: in front of the point, behind it, and the exponent's where there is one.
    private struct Digits {
        var whole: String
        var fraction: String
        var exponent: String
    }

    private static let precision = 8

    /// The texts of whole numbers, one width.
    static func integers(_ numbers: [Int128]) -> [String] { padded(numbers.map(\.description)) }

    /// Texts in the width of the longest, blanks in front.
    static func padded(_ texts: [String]) -> [String] {
        let width = texts.map(\.count).max() ?? 0
        return texts.map { String(repeating: " ", count: width - $0.count) + $0 }
    }

    /// The texts of numbers with a fraction.
    ///
    /// - Parameters:
    ///   - numbers: The numbers, exact.
    ///   - showsPlus: Whether positive numbers have a sign.
    ///   - shortest: The shortest digits that give a number back in its own type, as Swift writes them.
    /// - Returns: A text for each number.
    static func reals(
        _ numbers: [Double],
        showsPlus: Bool = false,
        shortest: (Double) -> String
    ) -> [String] {
        let finite = numbers.filter(\.isFinite)
        let sizes = finite.filter { $0 != 0 }.map(\.magnitude)
        let isScientific: Bool =
            if let most = sizes.max(), let least = sizes.min() {
                most >= 1e8 || least < 1e-4 || most / least > 1000
            } else {
                false
            }
        let digits = numbers.map { number in
            number.isFinite
                ? Self.digits(number, shortest(number), isScientific, showsPlus)
                : nil
        }
        var left = digits.compactMap { $0?.whole.count }.max() ?? 0
        let fraction = digits.compactMap { $0?.fraction.count }.max() ?? 0
        let exponent = digits.compactMap { $0?.exponent.count }.max() ?? 0
        let right = fraction + (isScientific ? exponent : 0)
        let names = numbers.filter { !$0.isFinite }.map { name($0, showsPlus) }
        if let longest = names.map(\.count).max() {
            left = max(left, longest - (finite.isEmpty ? 0 : right + 1))
        }
        let width = finite.isEmpty ? left : left + 1 + right
        return zip(numbers, digits).map { number, digits in
            guard let digits else {
                let name = name(number, showsPlus)
                return String(repeating: " ", count: max(0, width - name.count)) + name
            }
            let front = String(repeating: " ", count: left - digits.whole.count)
            if isScientific, digits.fraction.count < fraction {
                // Where others have more digits, these are those of the exact number.
                let sign = String(digits.whole.dropLast())
                let text = String(format: "%.*e", fraction, number.magnitude)
                let halves = text.split(separator: "e")
                return "\(front)\(sign)\(halves.first ?? "")\(digits.exponent)"
            }
            let missing = String(repeating: " ", count: fraction - digits.fraction.count)
            return "\(front)\(digits.whole).\(digits.fraction)\(missing)\(digits.exponent)"
        }
    }

    private static func name(_ number: Double, _ showsPlus: Bool) -> String {
        if number.isNaN { return showsPlus ? "+nan" : "nan" }
        return number < 0 ? "-inf" : showsPlus ? "+inf" : "inf"
    }

    private static func digits(
        _ number: Double,
        _ shortest: String,
        _ isScientific: Bool,
        _ showsPlus: Bool
    ) -> Digits {
        let sign = number.sign == .minus ? "-" : showsPlus ? "+" : ""
        let (significant, power) = decimal(shortest)
        if isScientific {
            if significant.count - 1 > precision {
                return scientific(String(format: "%.*e", precision, number.magnitude), sign)
            }
            let text = String(power < 0 ? -power : power)
            return Digits(
                whole: sign + significant.prefix(1),
                fraction: String(significant.dropFirst()),
                exponent: "e" + (power < 0 ? "-" : "+") + (text.count < 2 ? "0" + text : text)
            )
        }
        // How many digits stand behind the point, zeros at the end left out.
        if significant.count - 1 - power > precision {
            return plain(String(format: "%.*f", precision, number.magnitude), sign)
        }
        if power < 0 {
            let zeros = String(repeating: "0", count: -power - 1)
            return Digits(
                whole: sign + "0",
                fraction: significant == "0" ? "" : zeros + significant,
                exponent: ""
            )
        }
        let whole = significant.prefix(power + 1)
        let zeros = String(repeating: "0", count: power + 1 - whole.count)
        return Digits(
            whole: sign + whole + zeros,
            fraction: String(significant.dropFirst(power + 1)),
            exponent: ""
        )
    }

    /// The significant digits of a number as Swift writes it, and the power of ten of the first.
    private static func decimal(_ text: String) -> (digits: String, power: Int) {
        let halves = text.lowercased().split(separator: "e")
        let exponent = halves.count > 1 ? Int(halves[1]) ?? 0 : 0
        let parts = (halves.first ?? "").drop { $0 == "-" }
            .split(separator: ".", omittingEmptySubsequences: false)
        let whole = String(parts.first ?? "")
        let all = whole + (parts.count > 1 ? String(parts[1]) : "")
        let leading = all.prefix { $0 == "0" }.count
        guard leading < all.count else { return ("0", 0) }
        var digits = String(all.dropFirst(leading))
        while digits.count > 1, digits.last == "0" { digits.removeLast() }
        return (digits, whole.count - 1 - leading + exponent)
    }

    private static func plain(_ text: String, _ sign: String) -> Digits {
        let parts = text.split(separator: ".")
        var fraction = parts.count > 1 ? String(parts[1]) : ""
        while fraction.last == "0" { fraction.removeLast() }
        return Digits(whole: sign + (parts.first ?? ""), fraction: fraction, exponent: "")
    }

    private static func scientific(_ text: String, _ sign: String) -> Digits {
        let halves = text.split(separator: "e")
        var digits = plain(String(halves.first ?? ""), sign)
        digits.exponent = "e" + (halves.count > 1 ? halves[1] : "+00")
        return digits
    }
}
