/// Check digits of numbers that people are known by. Digits are values 0 to 9, the first one first.
enum CheckDigits {
    /// Luhn's (ISO/IEC 7812-1): payment cards.
    static func luhn(_ digits: ArraySlice<UInt8>) -> Bool {
        var sum = 0
        var doubles = false
        for digit in digits.reversed() {
            let value = Int(digit) * (doubles ? 2 : 1)
            sum += value > 9 ? value - 9 : value
            doubles.toggle()
        }
        return sum % 10 == 0
    }

    /// ISO 7064, mod 11,10: tax numbers of Germany.
    static func mod1110(_ digits: ArraySlice<UInt8>) -> Bool {
        guard let last = digits.last else { return false }
        var product = 10
        for digit in digits.dropLast() {
            let sum = (Int(digit) + product) % 10
            product = (sum == 0 ? 10 : sum) * 2 % 11
        }
        let check = 11 - product
        return Int(last) == (check == 10 ? 0 : check)
    }

    /// Verhoeff's, by the dihedral group of ten elements (Verhoeff, "Error Detecting Decimal Codes", 1969).
    static func verhoeff(_ digits: ArraySlice<UInt8>) -> Bool {
        var check = 0
        for (place, digit) in digits.reversed().enumerated() {
            var value = Int(digit)
            for _ in 0..<(place % 8) { value = permutation[value] }
            check = product(check, value)
        }
        return check == 0
    }

    private static let permutation = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]

    /// The product of two elements of the dihedral group D5: rotations 0 to 4, reflections 5 to 9.
    private static func product(_ one: Int, _ other: Int) -> Int {
        switch (one < 5, other < 5) {
        case (true, true): (one + other) % 5
        case (true, false): (one + other - 5) % 5 + 5
        case (false, true): (one - 5 - other + 5) % 5 + 5
        case (false, false): (one - other + 5) % 5
        }
    }

    /// The sum of digits times weights.
    static func weighted(_ digits: ArraySlice<UInt8>, _ weights: [Int]) -> Int {
        zip(digits, weights).reduce(0) { $0 + Int($1.0) * $1.1 }
    }

    /// The number modulo another.
    static func remainder(_ digits: some Sequence<UInt8>, modulo: Int) -> Int {
        digits.reduce(0) { ($0 * 10 + Int($1)) % modulo }
    }
}
