/// International bank account numbers (ISO 13616).
enum IBAN {
    /// Characters of a country's numbers, by the registry; 0 where the country has none.
    static func length(country first: UInt8, _ second: UInt8) -> Int {
        guard first.isUpper, second.isUpper else { return 0 }
        return Int(lengths[Int(first - 0x41) * 26 + Int(second - 0x41)])
    }

    private static let lengths: [UInt8] = {
        var table = [UInt8](repeating: 0, count: 26 * 26)
        let entries = """
            AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 \
            ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 \
            LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 \
            QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30
            """
        for entry in entries.split(separator: " ") {
            let bytes = Array(entry.utf8)
            table[Int(bytes[0] - 0x41) * 26 + Int(bytes[1] - 0x41)] = (bytes[2] - 0x30) * 10 + bytes[3] - 0x30
        }
        return table
    }()

    /// The end of a number that begins at `start`, with or without single spaces between groups of four; nil if there is
    /// none.
    static func end(_ text: TextBytes, at start: Int) -> Int? {
        let length = length(country: text[start], text[start + 1])
        guard length > 0, text[start + 2].isDigit, text[start + 3].isDigit else { return nil }
        var characters: [UInt8] = []
        characters.reserveCapacity(length)
        var place = start
        let isGrouped = text[start + 4] == 0x20
        while characters.count < length {
            if isGrouped, !characters.isEmpty, characters.count % 4 == 0, text[place] == 0x20 { place += 1 }
            let byte = text[place]
            guard byte.isDigit || byte.isUpper else { return nil }
            characters.append(byte)
            place += 1
        }
        guard !ByteSet.word.contains(text[place]) else { return nil }
        let moved = characters[4...] + characters[..<4]
        var remainder = 0
        for byte in moved {
            remainder =
                (byte.isDigit ? remainder * 10 + Int(byte - 0x30) : remainder * 100 + Int(byte - 0x41) + 10) % 97
        }
        return remainder == 1 ? place : nil
    }
}
