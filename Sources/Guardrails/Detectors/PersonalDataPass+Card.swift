extension PersonalDataPass {
    /// A payment card from the number that was read: an issuer's range and length, the usual groups, and Luhn's digit.
    mutating func card() -> Int? {
        guard detector.wants(.card) else { return nil }
        for groups in stride(from: min(number.ends.count, 5), through: 1, by: -1) {
            let end = number.ends[groups - 1]
            guard (13...19).contains(end.digits), endsCleanly(end.text), let separator = number.separator(groups),
                separator == 0 || separator == 0x20 || separator == 0x2D,
                groups == 1 || Self.isGrouped(number.sizes(groups))
            else { continue }
            let digits = number.digits(groups)
            guard Self.hasIssuer(digits), CheckDigits.luhn(digits), Set(digits).count > 1 else { continue }
            add(.card, number.start..<end.text, groups > 1 ? 1 : 0.9)
            return end.text
        }
        return nil
    }

    private static func isGrouped(_ sizes: [Int]) -> Bool {
        switch sizes {
        case [4, 6, 5], [4, 6, 4]: true
        default: sizes.count >= 4 && sizes.dropLast().allSatisfy { $0 == 4 } && (sizes.last ?? 0) <= 4
        }
    }

    /// Ranges of issuers (ISO/IEC 7812), with the lengths that they use.
    private static func hasIssuer(_ digits: ArraySlice<UInt8>) -> Bool {
        let four = CheckDigits.remainder(digits.prefix(4), modulo: 10_000)
        let length = digits.count
        switch four {
        // Visa
        case 4000...4999: return length == 13 || length == 16 || length == 19
        // Mastercard
        case 5100...5599, 2221...2720: return length == 16
        // American Express
        case 3400...3499, 3700...3799: return length == 15
        // Diners Club
        case 3000...3059, 3095, 3600...3699, 3800...3999: return length == 14 || length == 16
        // JCB
        case 3528...3589: return (16...19).contains(length)
        // Discover
        case 6011, 6440...6599: return (16...19).contains(length)
        // UnionPay, RuPay
        case 6200...6299, 8100...8171, 6050...6099, 8200...8209: return (16...19).contains(length)
        // Mir
        case 2200...2204: return (16...19).contains(length)
        // Maestro
        case 5018, 5020, 5038, 5893, 6304, 6759, 6761...6763: return (16...19).contains(length)
        default: return false
        }
    }
}
