/// Brackets and quotation marks of a text that have no other half.
enum BalancedText {
    private static let closers: [Character: Character] = [")": "(", "]": "[", "}": "{", "”": "“", "»": "«"]
    private static let openers: Set<Character> = Set(closers.values)

    /// The first character without its other half, or nil. List marks ("a)", "1)") and faces (":)") are none. O(length).
    static func problem(in text: String) -> Character? {
        guard text.contains(where: { openers.contains($0) || closers[$0] != nil || $0 == "`" }) else { return nil }
        let characters = Array(text)
        var open: [Character] = []
        for (place, character) in characters.enumerated() {
            if openers.contains(character) {
                // German closes with what English opens with.
                if character == "“", place > 0, characters[..<place].contains("„") { continue }
                if isFace(place, characters) { continue }
                open.append(character)
            } else if let opener = closers[character] {
                if open.last == opener {
                    open.removeLast()
                } else if !(character == ")" && (isListMark(place, characters) || isFace(place, characters))),
                    !(character == "”" && !open.contains("“")), !(character == "»" || open.contains("»"))
                {
                    return character
                }
            }
        }
        if let left = open.first(where: { $0 != "«" }) { return left }
        return text.ranges(of: "```").count.isMultiple(of: 2) ? nil : "`"
    }

    private static func isFace(_ place: Int, _ characters: [Character]) -> Bool {
        place > 0 && ":;-=".contains(characters[place - 1])
    }

    /// At most three letters or digits behind white space or at the beginning.
    private static func isListMark(_ place: Int, _ characters: [Character]) -> Bool {
        var start = place
        while start > 0, characters[start - 1].isLetter || characters[start - 1].isNumber { start -= 1 }
        return (1...3).contains(place - start) && (start == 0 || characters[start - 1].isWhitespace)
    }
}
