/// A line that somebody types, of which a narrow terminal shows the part around the cursor.
struct LineInput {
    private var characters: [Character]
    private var cursor: Int

    /// - Parameter text: what it begins with. Line breaks are shown, and typed, as `\n`, a backslash as `\\`.
    init(_ text: String = "") {
        characters = Array(
            text.replacing("\\", with: "\\\\").replacing("\r\n", with: "\\n").replacing("\n", with: "\\n"))
        cursor = characters.count
    }

    /// What was typed, with its line breaks.
    var text: String {
        var result = ""
        var isEscaped = false
        for character in characters {
            if isEscaped {
                result += character == "n" ? "\n" : character == "\\" ? "\\" : "\\\(character)"
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else {
                result.append(character)
            }
        }
        return isEscaped ? result + "\\" : result
    }

    mutating func press(_ key: Key) {
        switch key {
        case .character(let character): insert(character)
        case .backspace where cursor > 0:
            cursor -= 1
            characters.remove(at: cursor)
        case .delete where cursor < characters.count, .control("d") where cursor < characters.count:
            characters.remove(at: cursor)
        case .left, .control("b"): cursor = max(0, cursor - 1)
        case .right, .control("f"): cursor = min(characters.count, cursor + 1)
        case .home, .control("a"): cursor = 0
        case .end, .control("e"): cursor = characters.count
        case .control("u"):
            characters.removeFirst(cursor)
            cursor = 0
        case .control("k"): characters.removeLast(characters.count - cursor)
        default: break
        }
    }

    /// A combining mark joins the character before it.
    private mutating func insert(_ character: Character) {
        if cursor > 0 {
            let joined = String(characters[cursor - 1]) + String(character)
            if joined.count == 1, let one = joined.first {
                characters[cursor - 1] = one
                return
            }
        }
        characters.insert(character, at: cursor)
        cursor += 1
    }

    /// The part that fits into so many columns, and the column of the cursor in it.
    func window(width: Int) -> (text: String, cursor: Int) {
        let width = max(2, width)
        let shown = characters.map { PlainText.escaped(String($0)) }
        let widths = shown.map(PlainText.columns)
        var start = cursor
        var used = 0
        while start > 0, used + widths[start - 1] < width {
            start -= 1
            used += widths[start]
        }
        var end = cursor
        var total = used
        while end < shown.count, total + widths[end] <= width {
            total += widths[end]
            end += 1
        }
        return (shown[start..<end].joined(), used)
    }
}
