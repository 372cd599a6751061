/// What somebody has pressed, or what has happened to the terminal.
enum Key: Hashable, Sendable {
    case character(Character)
    case enter, escape, backspace, delete
    case up, down, left, right, pageUp, pageDown, home, end
    /// Control and a letter, in lower case.
    case control(Character)
    /// The terminal has another size.
    case resized
    /// The program goes on after it was stopped.
    case resumed
    /// Somebody asks the program to stop.
    case stopping
    /// There is nobody left to press a key.
    case closed
}

/// Makes keys out of the bytes of a terminal.
struct KeyDecoder {
    private var bytes: [UInt8] = []

    var isEmpty: Bool { bytes.isEmpty }

    mutating func append(_ more: some Sequence<UInt8>) { bytes += more }

    /// The next key; nil where its bytes are not all there.
    ///
    /// - Parameter isComplete: Whether nothing more is coming at once, so that what is there is all.
    mutating func next(isComplete: Bool) -> Key? {
        while let first = bytes.first {
            switch first {
            case 0x1B:
                switch escape(isComplete: isComplete) {
                case .some(.some(let key)): return key
                case .some(.none): continue
                case .none: return nil
                }
            case 0x0D, 0x0A:
                bytes.removeFirst()
                return .enter
            case 0x7F, 0x08:
                bytes.removeFirst()
                return .backspace
            case 0..<0x20:
                bytes.removeFirst()
                guard (1...26).contains(first) else { continue }
                return .control(Character(Unicode.Scalar(first + 0x60)))
            default:
                let length = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
                guard bytes.count >= length || isComplete else { return nil }
                let taken = Array(bytes.prefix(length))
                guard let text = String(validating: taken, as: UTF8.self), let character = text.first else {
                    bytes.removeFirst()
                    continue
                }
                bytes.removeFirst(length)
                return .character(character)
            }
        }
        return nil
    }

    /// Nil where more bytes are needed; a nil key for a sequence that means nothing here.
    private mutating func escape(isComplete: Bool) -> Key?? {
        guard bytes.count > 1 else {
            guard isComplete else { return .none }
            bytes.removeFirst()
            return .some(.escape)
        }
        guard bytes[1] == UInt8(ascii: "[") || bytes[1] == UInt8(ascii: "O") else {
            bytes.removeFirst()
            return .some(.escape)
        }
        guard let end = bytes[2...].firstIndex(where: { (0x40...0x7E).contains($0) }) else {
            // Longer than any key's: not a key.
            guard isComplete || bytes.count > 32 else { return .none }
            bytes.removeAll()
            return .some(.none)
        }
        let parameters = String(decoding: bytes[2..<end], as: UTF8.self)
        let final = Character(Unicode.Scalar(bytes[end]))
        bytes.removeSubrange(...end)
        return .some(Self.key(final, parameters))
    }

    private static func key(_ final: Character, _ parameters: String) -> Key? {
        switch final {
        case "A": .up
        case "B": .down
        case "C": .right
        case "D": .left
        case "H": .home
        case "F": .end
        case "~":
            switch parameters {
            case "1", "7": .home
            case "4", "8": .end
            case "3": .delete
            case "5": .pageUp
            case "6": .pageDown
            default: nil
            }
        default: nil
        }
    }
}
