extension PersonalDataPass {
    /// A number of a state's register, from the number that was read. Where many numbers would pass the check by chance,
    /// a word before it has to say what it is.
    mutating func nationalNumber() -> Int? {
        for groups in stride(from: min(number.ends.count, 7), through: 1, by: -1) {
            let end = number.ends[groups - 1]
            guard (8...15).contains(end.digits) else { continue }
            if let kind = kind(groups: groups, end: end.text) {
                guard detector.wants(kind.kind) else { continue }
                add(kind.kind, number.start..<kind.end, kind.confidence)
                return kind.end
            }
        }
        return nil
    }

    private typealias Found = (kind: PersonalDataKind, end: Int, confidence: Float)

    private func kind(groups: Int, end: Int) -> Found? {
        let digits = number.digits(groups)
        let sizes = number.sizes(groups)
        let separator = number.separator(groups)
        // DNI: eight digits and a letter.
        if digits.count == 8, groups == 1 || sizes == [2, 3, 3] {
            return NationalNumbers.dniEnd(text, digits, at: end).map { (.spanishID, $0, 0.95) }
        }
        guard endsCleanly(end) else { return nil }
        switch digits.count {
        case 9:
            if sizes == [3, 2, 4], separator == 0x2D || separator == 0x20, NationalNumbers.isSSN(digits) {
                let isNamed = isNamed("ssn social security")
                if separator == 0x2D ? isNamed || !isOtherNumber : isNamed { return (.usSSN, end, isNamed ? 1 : 0.85) }
            }
            guard groups == 1 || sizes == [4, 2, 3] || sizes == [3, 3, 3] else { return nil }
            if NationalNumbers.isBSN(digits), isNamed("bsn burgerservicenummer sofinummer sofi") {
                return (.dutchBSN, end, 0.95)
            }
            if groups == 1, NationalNumbers.isSSN(digits), isNamed("ssn social") { return (.usSSN, end, 0.95) }
        case 11:
            if groups == 4, sizes == [3, 3, 3, 2], NationalNumbers.isCPF(digits) { return (.brazilianCPF, end, 1) }
            if groups == 1 {
                if NationalNumbers.isCPF(digits), isNamed("cpf") { return (.brazilianCPF, end, 1) }
                if NationalNumbers.isPESEL(digits), isNamed("pesel") { return (.polishPESEL, end, 1) }
            }
            guard groups == 1 || sizes == [2, 3, 3, 3], NationalNumbers.isGermanTaxID(digits) else { return nil }
            if isNamed(
                "steuer steueridentifikationsnummer steuernummer idnr tin tax taxid steuerid identifikationsnummer")
            {
                return (.germanTaxID, end, 1)
            }
            return groups == 4 && separator == 0x20 && groups == number.ends.count && !isOtherNumber
                ? (.germanTaxID, end, 0.8) : nil
        case 12:
            guard NationalNumbers.isAadhaar(digits) else { return nil }
            if isNamed("aadhaar aadhar uidai uid") { return (.indianAadhaar, end, 1) }
            return sizes == [4, 4, 4] && separator == 0x20 && groups == number.ends.count && !isOtherNumber
                ? (.indianAadhaar, end, 0.75) : nil
        case 15:
            guard NationalNumbers.isNIR(digits), groups == 1 || sizes == [1, 2, 2, 2, 3, 3, 2] || sizes == [13, 2]
            else { return nil }
            return (.frenchNIR, end, 0.95)
        default: break
        }
        return nil
    }

    private func isNamed(_ words: String) -> Bool {
        text.hasWord(byteWords(words), before: number.start, within: 48)
    }

    private var isOtherNumber: Bool { isPartOfOther(number.start) }
}

/// Rules of numbers that states give to people.
enum NationalNumbers {
    /// Areas 000, 666 and from 900 were never given, nor group 00 or serial 0000.
    static func isSSN(_ digits: ArraySlice<UInt8>) -> Bool {
        let area = CheckDigits.remainder(digits.prefix(3), modulo: 1_000)
        let group = CheckDigits.remainder(digits.dropFirst(3).prefix(2), modulo: 100)
        let serial = CheckDigits.remainder(digits.suffix(4), modulo: 10_000)
        return area != 0 && area != 666 && area < 900 && group != 0 && serial != 0
    }

    static func isBSN(_ digits: ArraySlice<UInt8>) -> Bool {
        let sum = CheckDigits.weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2, -1])
        return sum != 0 && sum % 11 == 0
    }

    static func isPESEL(_ digits: ArraySlice<UInt8>) -> Bool {
        let d = digits.map(Int.init)
        // The month says the century, too.
        guard d.count == 11, (1...12).contains((d[2] * 10 + d[3]) % 20), (1...31).contains(d[4] * 10 + d[5]) else {
            return false
        }
        return CheckDigits.weighted(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 == 0
    }

    static func isCPF(_ digits: ArraySlice<UInt8>) -> Bool {
        guard digits.count == 11, Set(digits).count > 1 else { return false }
        let first = CheckDigits.weighted(digits.prefix(9), [10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10 % 11 % 10
        let second = CheckDigits.weighted(digits.prefix(10), [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10 % 11 % 10
        return digits.suffix(2).map(Int.init) == [first, second]
    }

    /// One digit of the first ten is there twice or three times, and no other one more than once.
    static func isGermanTaxID(_ digits: ArraySlice<UInt8>) -> Bool {
        guard digits.count == 11, digits.first != 0, CheckDigits.mod1110(digits) else { return false }
        var counts = [Int](repeating: 0, count: 10)
        for digit in digits.prefix(10) { counts[Int(digit)] += 1 }
        let repeated = counts.filter { $0 > 1 }
        return repeated.count == 1 && (repeated.first ?? 0) <= 3
    }

    static func isAadhaar(_ digits: ArraySlice<UInt8>) -> Bool {
        guard digits.count == 12, let first = digits.first, first >= 2 else { return false }
        return CheckDigits.verhoeff(digits)
    }

    /// Sex, year, month, place, number, and 97 less the remainder of all that.
    static func isNIR(_ digits: ArraySlice<UInt8>) -> Bool {
        let d = digits.map(Int.init)
        guard d.count == 15, d[0] == 1 || d[0] == 2, (1...12).contains(d[3] * 10 + d[4]) else { return false }
        return 97 - CheckDigits.remainder(digits.prefix(13), modulo: 97) == d[13] * 10 + d[14]
    }

    private static let dniLetters = Array("TRWAGMYFPDXBNJZSQVHLCKE".utf8)

    /// The end of the letter behind the eight digits of a DNI; nil if it is another one, or none.
    static func dniEnd(_ text: TextBytes, _ digits: ArraySlice<UInt8>, at end: Int) -> Int? {
        let place = text[end] == 0x2D || text[end] == 0x20 ? end + 1 : end
        guard text[place] == dniLetters[CheckDigits.remainder(digits, modulo: 23)],
            !ByteSet.word.contains(text[place + 1])
        else { return nil }
        return place + 1
    }

    /// The end of an NIE (X, Y or Z, seven digits, a letter) that begins here.
    static func nieEnd(_ text: TextBytes, at start: Int) -> Int? {
        guard (0x58...0x5A).contains(text[start]) else { return nil }
        var digits: [UInt8] = [text[start] - 0x58]
        var place = text[start + 1] == 0x2D ? start + 2 : start + 1
        while digits.count < 8, text[place].isDigit {
            digits.append(text[place] - 0x30)
            place += 1
        }
        return digits.count == 8 ? dniEnd(text, digits[...], at: place) : nil
    }

    private static let ninoFirst = ByteSet("ABCEGHJKLMNOPRSTWXYZ")
    private static let ninoSecond = ByteSet("ABCEGHJKLMNPRSTWXYZ")
    private static let neverGiven = Set(["BG", "GB", "NK", "KN", "TN", "NT", "ZZ"].map { Array($0.utf8) })

    /// The end of a national insurance number: two letters, six digits, A to D, with or without spaces by twos.
    static func ninoEnd(_ text: TextBytes, at start: Int) -> Int? {
        guard ninoFirst.contains(text[start]), ninoSecond.contains(text[start + 1]),
            !neverGiven.contains([text[start], text[start + 1]])
        else { return nil }
        var place = start + 2
        let isSpaced = text[place] == 0x20
        for _ in 0..<3 {
            if isSpaced {
                guard text[place] == 0x20 else { return nil }
                place += 1
            }
            guard text[place].isDigit, text[place + 1].isDigit else { return nil }
            place += 2
        }
        if isSpaced, text[place] == 0x20 { place += 1 }
        guard (0x41...0x44).contains(text[place]), !ByteSet.word.contains(text[place + 1]) else { return nil }
        return place + 1
    }
}
