import Foundation

/// Texts as duplicates are looked for in them: compatibility composition (NFKC), lower case, letters, marks and digits
/// alone, words apart by one space. Apostrophes go without a trace, so that `don't` and `dont` are the same.
package enum TextNormalization {
    /// Calls `emit` with each character of the normalised text. O(length).
    static func forEachScalar(of text: String, _ emit: (UInt32) -> Void) {
        var state = State()
        var text = text
        let isASCII = text.withUTF8 { bytes in
            guard bytes.allSatisfy({ $0 < 0x80 }) else { return false }
            for byte in bytes {
                switch byte {
                case 0x61...0x7A, 0x30...0x39: state.emit(UInt32(byte), emit)
                case 0x41...0x5A: state.emit(UInt32(byte | 0x20), emit)
                case 0x27, 0x60: break
                default: state.separate()
                }
            }
            return true
        }
        if !isASCII {
            let folded = text.precomposedStringWithCompatibilityMapping.lowercased()
                .precomposedStringWithCompatibilityMapping
            for scalar in folded.unicodeScalars { state.take(scalar, emit) }
        }
    }

    /// The normalised text; where nothing of it is left, such as of `?!`, the text in lower case as it is.
    package static func normalized(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        forEachScalar(of: text) { value in
            if let scalar = Unicode.Scalar(value) { scalars.append(scalar) }
        }
        return scalars.isEmpty ? text.lowercased() : String(scalars)
    }

    private struct State {
        private var isApart = false
        private var isEmpty = true

        mutating func emit(_ value: UInt32, _ emit: (UInt32) -> Void) {
            if isApart, !isEmpty { emit(0x20) }
            isApart = false
            isEmpty = false
            emit(value)
        }

        mutating func separate() { isApart = true }

        mutating func take(_ scalar: Unicode.Scalar, _ emit: (UInt32) -> Void) {
            switch scalar.value {
            case 0x61...0x7A, 0x30...0x39: return self.emit(scalar.value, emit)
            case 0x27, 0x60, 0x2019, 0x2018, 0x02BC, 0xFF07: return
            case 0..<0x80: return separate()
            default: break
            }
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
                .letterNumber, .otherNumber, .nonspacingMark, .spacingMark, .enclosingMark:
                self.emit(scalar.value, emit)
            // Joiners and the like are part of a word and not seen.
            case .format: break
            default: separate()
            }
        }
    }
}

/// Gives each character a small number of its own, in the order in which they are first seen.
struct CharacterCodes: Sendable {
    static let space: UInt16 = 0
    /// The last code stands for all characters beyond the first 65,534: more than any corpus has.
    static let largest = UInt16.max

    private var codes: [UInt32: UInt16] = [:]
    /// The character of each code.
    private(set) var scalars: [UInt32] = [0x20] + (0x61...0x7A) + (0x30...0x39)

    var count: Int { scalars.count }

    mutating func code(of scalar: UInt32) -> UInt16 {
        switch scalar {
        case 0x20: return Self.space
        case 0x61...0x7A: return UInt16(scalar - 0x60)
        case 0x30...0x39: return UInt16(scalar - 0x30 + 27)
        default: break
        }
        if let code = codes[scalar] { return code }
        guard scalars.count < Int(Self.largest) else { return UInt16(scalars.count - 1) }
        let code = UInt16(scalars.count)
        codes[scalar] = code
        scalars.append(scalar)
        return code
    }

    /// The codes of a normalised text.
    mutating func append(_ text: String, to codes: inout [UInt16]) {
        let before = codes.count
        TextNormalization.forEachScalar(of: text) { codes.append(code(of: $0)) }
        guard codes.count == before else { return }
        for scalar in text.lowercased().unicodeScalars { codes.append(code(of: scalar.value)) }
    }

    func text(_ codes: some Sequence<UInt16>) -> String {
        var view = String.UnicodeScalarView()
        for code in codes {
            if let scalar = Unicode.Scalar(scalars[Int(code)]) { view.append(scalar) }
        }
        return String(view)
    }
}
