import Glibc

/// A number with a fixed number of decimal places, rounded as C's `printf` rounds.
public func fixed(_ number: Double, digits: Int) -> String {
    guard number.isFinite else { return number.isNaN ? "nan" : number < 0 ? "-inf" : "inf" }
    let digits = min(max(digits, 0), 40)
    if let text = short(number, digits) { return text }
    // 309 digits before the point, a sign, a point.
    return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 360) { buffer in
        let count = unsafe withVaList([Int32(digits), number]) {
            unsafe vsnprintf(buffer.baseAddress, buffer.count, "%.*f", $0)
        }
        return unsafe String(
            decoding: UnsafeRawBufferPointer(buffer).prefix(Int(count)),
            as: UTF8.self
        )
    }
}

/// The same where the number has few digits; nil for others, and where only all digits tell how it is rounded.
private func short(_ number: Double, _ digits: Int) -> String? {
    guard number.magnitude < 1e9, digits <= 6 else { return nil }
    let scale = (0..<digits).reduce(1) { scale, _ in 10 * scale }
    let scaled = (number.magnitude * Double(scale)).rounded()
    // What the rounding takes away, exactly.
    let rest = (-scaled).addingProduct(number.magnitude, Double(scale))
    guard rest.magnitude < 0.5 else { return nil }
    let (whole, fraction) = Int(scaled).quotientAndRemainder(dividingBy: scale)
    let sign = number.sign == .minus ? "-" : ""
    guard digits > 0 else { return "\(sign)\(whole)" }
    let places = String(fraction)
    return "\(sign)\(whole).\(String(repeating: "0", count: digits - places.count))\(places)"
}

/// A number of bytes: `470 MB`, `1.2 GB`; decimal units, three digits.
public func byteText(_ count: Int) -> String {
    if count.magnitude < 1000 { return "\(count) bytes" }
    var value = Double(count)
    var unit = ""
    for next in ["kB", "MB", "GB", "TB", "PB", "EB"] where value.magnitude >= 999.5 || unit.isEmpty
    {
        value /= 1000
        unit = next
    }
    let digits = value.magnitude < 9.995 ? 2 : value.magnitude < 99.95 ? 1 : 0
    return "\(fixed(value, digits: digits)) \(unit)"
}

/// A whole number in groups of three digits: `1,281,167`.
public func grouped(_ number: Int) -> String {
    let digits = String(number.magnitude)
    var result = ""
    for (index, digit) in digits.enumerated() {
        if index > 0, (digits.count - index).isMultiple(of: 3) { result += "," }
        result.append(digit)
    }
    return number < 0 ? "-\(result)" : result
}
