extension PersonalDataPass {
    /// A number that begins with `+` or an opening parenthesis.
    mutating func phone(openedAt place: Int) -> Int? {
        guard !ByteSet.word.contains(text[place - 1]) else { return nil }
        if text[place] == UInt8(ascii: "+") {
            let first = text[place + 1] == UInt8(ascii: "(") ? place + 2 : place + 1
            guard text[first].isDigit, text[first] != 0x30 else { return nil }
            number.read(text, at: first)
            return international(from: place)
        }
        guard text[place + 1].isDigit else { return nil }
        number.read(text, at: place + 1)
        guard let first = number.ends.first else { return nil }
        guard text[first.text] == UInt8(ascii: ")") else { return nil }
        return nationalPhone(from: place)
    }

    /// E.164: a country's code and up to 15 digits in all.
    private mutating func international(from place: Int) -> Int? {
        for groups in stride(from: number.ends.count, through: 1, by: -1) {
            let end = number.ends[groups - 1]
            guard (8...15).contains(end.digits), endsCleanly(end.text) else { continue }
            guard Self.hasCountryCode(number.digits), number.sizes(groups).dropFirst(2).allSatisfy({ $0 >= 2 }) else {
                return nil
            }
            add(.phone, place..<end.text, 0.95)
            return end.text
        }
        return nil
    }

    /// Whether digits begin with a code that the ITU has given to a country or a region (E.164).
    private static func hasCountryCode(_ digits: [UInt8]) -> Bool {
        guard digits.count >= 3 else { return false }
        if digits[0] == 1 || digits[0] == 7 { return true }
        let two = Int(digits[0]) * 10 + Int(digits[1])
        if twoDigitCodes.contains(two) { return true }
        return threeDigitStarts.contains(two)
    }

    private static let twoDigitCodes: Set<Int> = [
        20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46, 47, 48, 49, 51, 52, 53, 54, 55, 56, 57, 58, 60, 61,
        62,
        63, 64, 65, 66, 81, 82, 84, 86, 90, 91, 92, 93, 94, 95, 98,
    ]
    private static let threeDigitStarts: Set<Int> = [
        21, 22, 23, 24, 25, 26, 29, 35, 37, 38, 42, 50, 59, 67, 68, 69, 85, 88, 96, 97, 99,
    ]

    /// A number as people of a country write it among themselves.
    mutating func nationalPhone(from place: Int) -> Int? {
        guard place == number.start ? startsCleanly(place) : true else { return nil }
        for groups in stride(from: min(number.ends.count, 7), through: 1, by: -1) {
            let end = number.ends[groups - 1]
            guard (8...13).contains(end.digits), endsCleanly(end.text) else { continue }
            let shape = PhoneShape(number, groups: groups, isParenthesized: place < number.start)
            let confidence: Float
            switch shape.likelihood {
            case .none: continue
            case .named:
                guard text.hasWord(Self.phoneWords, before: place, within: 40) else { continue }
                confidence = 0.8
            case .shaped:
                let isNamed = text.hasWord(Self.phoneWords, before: place, within: 40)
                guard isNamed || !isPartOfOther(place) else { continue }
                confidence = isNamed ? 0.9 : 0.7
            }
            add(.phone, place..<end.text, confidence)
            return end.text
        }
        return nil
    }

    /// Whether a number without a name is the rest of a longer one, or named as something else.
    func isPartOfOther(_ place: Int) -> Bool {
        text[place - 1] == 0x20 && text[place - 2].isDigit
            || text.hasWord(Self.otherNumbers, before: place, within: 28)
    }

    private static let phoneWords = byteWords(
        """
        phone telephone tel call calls called dial mobile cell cellphone ring text sms whatsapp signal fax reach contact \
        telefon handy telefono movil portable numero rufen anrufen voicemail hotline phoned texted
        """)

    /// Words behind which a number is something else.
    static let otherNumbers = byteWords(
        """
        order orders invoice part parts sku model serial ticket case ref reference tracking version isbn issn build commit \
        item product batch lot flight page doi room customer tariff coordinates latitude longitude port booking \
        confirmation article art catalogue catalog sample patent grant policy asset firmware release chapter section \
        barcode ean upc gtin imei no code id
        """)
}

/// What the groups of a number's digits look like.
private struct PhoneShape {
    enum Likelihood { case none, named, shaped }

    var likelihood = Likelihood.none

    init(_ number: NumberReading, groups: Int, isParenthesized: Bool) {
        let digits = number.digits(groups)
        let sizes = number.sizes(groups)
        let separators = number.separators[..<(groups - 1)]
        if Self.isAmerican(digits, sizes, separators, isParenthesized) {
            likelihood = groups == 1 ? .named : .shaped
        } else if digits.first == 0 {
            likelihood = Self.trunk(digits, sizes, separators, isParenthesized)
        } else if groups >= 2, sizes.allSatisfy({ $0 >= 2 }), digits.count <= 11 {
            likelihood = .named
        } else if groups == 1, digits.count <= 11 {
            likelihood = .named
        }
    }

    /// NPA-NXX-XXXX, with or without a 1 before it.
    private static func isAmerican(
        _ digits: ArraySlice<UInt8>, _ sizes: [Int], _ separators: ArraySlice<UInt8>, _ isParenthesized: Bool
    ) -> Bool {
        var (digits, sizes, separators) = (digits, sizes[...], separators)
        if digits.first == 1, digits.count == 11, sizes.first == 1 {
            digits = digits.dropFirst()
            sizes = sizes.dropFirst()
            separators = separators.dropFirst()
        }
        guard digits.count == 10 else { return false }
        let d = Array(digits)
        guard d[0] >= 2, d[3] >= 2, !(d[1] == 1 && d[2] == 1) else { return false }
        if sizes.count == 1 { return true }
        guard Array(sizes) == [3, 3, 4], let last = separators.last, let first = separators.first else { return false }
        if isParenthesized { return last == 0x2D || last == 0x20 || last == 0x2E }
        guard last == first || first == UInt8(ascii: "x") else { return false }
        return last == 0x2D || last == 0x2E || last == 0x20
    }

    /// Numbers with a trunk prefix 0, of Europe and elsewhere.
    private static func trunk(
        _ digits: ArraySlice<UInt8>, _ sizes: [Int], _ separators: ArraySlice<UInt8>, _ isParenthesized: Bool
    ) -> Likelihood {
        guard let second = digits.dropFirst().first, (9...12).contains(digits.count) else { return .none }
        // 00 is for numbers abroad.
        if second == 0 {
            return digits.count >= 11 && sizes.count >= 2 ? .shaped : .named
        }
        guard sizes.count >= 2 else { return .named }
        guard sizes.allSatisfy({ $0 >= 2 }), sizes[0] >= (sizes.allSatisfy { $0 == 2 } ? 2 : 3) else { return .none }
        // 06.12.34.56.78; anything else with points is more like a date or a version.
        if separators.contains(0x2E) { return sizes.count == 5 && sizes.allSatisfy { $0 == 2 } ? .shaped : .none }
        if separators.contains(0x2D), sizes.count > 4 { return .none }
        // A day and a time.
        if sizes[0] == 2, sizes.count < 5 { return .none }
        return .shaped
    }
}
