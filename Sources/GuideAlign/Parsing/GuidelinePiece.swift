import GuidelineStore

/// A part of an answer that may be a guideline.
struct GuidelinePiece {
    var title: String?
    var text: String?
    /// As the model wrote it.
    var raw: String
    /// What is already known to be wrong with it.
    var refusal: RefusalReason?

    enum JSONAnswer {
        case found([GuidelinePiece])
        case broken
        case none
    }

    // MARK: Lines

    static func inLines(_ text: String) -> [GuidelinePiece] {
        var reader = LineAssembly()
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) { reader.take(line) }
        return reader.finish()
    }

    /// Puts lines together to titles with their texts.
    private struct LineAssembly {
        private struct Heading {
            var title: String
            var raw: String
            var isMarked: Bool
            var isHeading: Bool
            var indentation: Int
            /// What it is if no text follows.
            var alone: RefusalReason
        }
        private static let titleKeys: Set<String> = ["title", "guideline title", "name", "headline"]
        private static let textKeys: Set<String> = [
            "text", "description", "guideline", "details", "content", "body", "action", "guideline text",
        ]

        private var pieces: [GuidelinePiece] = []
        private var pending: Heading?
        /// Whether lines that follow may belong to the last piece, and whether marked ones may too.
        private var isOpen = false
        private var takesBullets = false

        mutating func take(_ line: Substring) {
            let bare = ListLine.trimmed(line)
            if bare.isEmpty || bare.hasPrefix("```") || bare.hasPrefix("~~~")
                || bare.allSatisfy({ "-=*_".contains($0) })
            {
                isOpen = isOpen && takesBullets
                return
            }
            let item = ListLine(line)
            if let parts = item.parts {
                take(parts, item, String(bare))
            } else {
                takeUntitled(item, String(bare))
            }
        }

        mutating func finish() -> [GuidelinePiece] {
            dropPending()
            return pieces
        }

        private mutating func take(_ parts: (title: String, text: String), _ item: ListLine, _ raw: String) {
            let key = parts.title.lowercased()
            if Self.titleKeys.contains(key), !parts.text.isEmpty {
                dropPending()
                pending = Heading(
                    title: parts.text, raw: raw, isMarked: item.isMarked, isHeading: true,
                    indentation: item.indentation, alone: .noText)
            } else if Self.textKeys.contains(key), pending != nil, !parts.text.isEmpty {
                complete(with: parts.text, raw)
            } else if parts.text.isEmpty {
                dropPending()
                pending = Heading(
                    title: parts.title, raw: raw, isMarked: item.isMarked, isHeading: item.isHeading,
                    indentation: item.indentation, alone: item.isMarked ? .noText : .chatter)
            } else if let heading = pending, heading.isMarked || heading.isHeading, !item.isMarked, !item.isHeading,
                item.indentation > heading.indentation
            {
                complete(with: item.words, raw)
            } else {
                dropPending()
                pieces.append(GuidelinePiece(title: parts.title, text: parts.text, raw: raw))
                (isOpen, takesBullets) = (true, false)
            }
        }

        private mutating func takeUntitled(_ item: ListLine, _ raw: String) {
            if let heading = pending {
                let belongs =
                    !item.isMarked
                    ? !item.isHeading
                    : heading.isHeading || (heading.isMarked && item.indentation > heading.indentation)
                if belongs { return complete(with: item.words, raw, takesBullets: item.isMarked) }
                dropPending()
            }
            if item.isHeading || (item.isMarked && Self.isTitle(item.words)) {
                pending = Heading(
                    title: item.words, raw: raw, isMarked: item.isMarked, isHeading: item.isHeading,
                    indentation: item.indentation, alone: item.isMarked ? .noTitle : .chatter)
                isOpen = false
            } else if isOpen, !item.isMarked || takesBullets, !GuidelineCheck.isChatter(item.words),
                !GuidelineCheck.isRefusal(item.words), let last = pieces.indices.last
            {
                pieces[last].text = (pieces[last].text ?? "") + " " + item.words
                pieces[last].raw += "\n" + raw
            } else {
                pieces.append(GuidelinePiece(title: nil, text: item.words, raw: raw))
                isOpen = false
            }
        }

        private mutating func complete(with text: String, _ raw: String, takesBullets: Bool = false) {
            guard let heading = pending else { return }
            pending = nil
            pieces.append(GuidelinePiece(title: heading.title, text: text, raw: heading.raw + "\n" + raw))
            (isOpen, self.takesBullets) = (true, takesBullets)
        }

        private mutating func dropPending() {
            guard let heading = pending else { return }
            pending = nil
            isOpen = false
            pieces.append(GuidelinePiece(title: heading.title, text: nil, raw: heading.raw, refusal: heading.alone))
        }

        private static func isTitle(_ words: String) -> Bool {
            guard let last = words.last else { return false }
            return !".!?。！？;,".contains(last) && words.split(separator: " ").count <= 12
        }
    }

    // MARK: JSON

    static func inJSON(_ text: String) -> JSONAnswer {
        var body = ListLine.trimmed(text[...])
        var around: [GuidelinePiece] = []
        if let open = body.range(of: "```") {
            let inside = body[open.upperBound...].drop { $0.isLetter }
            let end = inside.range(of: "```")
            let block = ListLine.trimmed(inside[..<(end?.lowerBound ?? inside.endIndex)])
            guard begins(block) else { return .none }
            for outside in [body[..<open.lowerBound], end.map { inside[$0.upperBound...] } ?? ""] {
                let words = ListLine.trimmed(outside)
                if !words.isEmpty {
                    around.append(GuidelinePiece(title: nil, text: nil, raw: String(words), refusal: .chatter))
                }
            }
            body = block
        }
        guard begins(body) else { return .none }
        var values: [JSONValue]
        if let value = try? JSONValue(parsing: String(body)) {
            values = [value]
        } else {
            values = []
            for line in body.split(whereSeparator: \.isNewline) where !line.allSatisfy(\.isWhitespace) {
                guard let value = try? JSONValue(parsing: String(line)) else { return .broken }
                values.append(value)
            }
        }
        if values.count == 1, case .array(let items) = values[0] { values = items }
        if values.count == 1, case .object(let members) = values[0], case .array(let items)? = members["guidelines"] {
            values = items
        }
        return .found(values.map(piece) + around)
    }

    /// Whether it begins as a list or an object does; `[1] Be kind` does not.
    private static func begins(_ text: Substring) -> Bool {
        guard let first = text.first, first == "[" || first == "{" else { return false }
        guard let next = text.dropFirst().first(where: { !$0.isWhitespace }) else { return true }
        return first == "[" ? "{\"]".contains(next) : "\"}".contains(next)
    }

    private static func piece(_ value: JSONValue) -> GuidelinePiece {
        switch value {
        case .string(let text):
            let item = ListLine(text[...])
            let parts = item.parts
            return GuidelinePiece(title: parts?.title, text: parts?.text ?? item.words, raw: text)
        case .object(let members):
            func text(_ names: [String]) -> String? {
                for name in names {
                    if case .string(let text)? = members[name] { return text }
                }
                return nil
            }
            return GuidelinePiece(
                title: text(["title", "name", "headline"]),
                text: text(["text", "description", "guideline", "content", "details", "action", "body"]),
                raw: value.jsonText)
        default:
            return GuidelinePiece(title: nil, text: nil, raw: value.jsonText, refusal: .unreadableJSON)
        }
    }
}
