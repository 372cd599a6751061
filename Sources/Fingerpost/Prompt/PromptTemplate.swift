import GuidelineStore

/// How guidelines are written into a prompt: a text with one `{each}…{/each}`, which is written for each guideline, with
/// fields of the guideline in braces.
///
/// | field | is |
/// |---|---|
/// | `{rule}` | title and text as `Title: text`, or the text |
/// | `{when}` | ` Applies when: ` and the condition, or nothing |
/// | `{number}` | its number, from 1 |
/// | `{id}`, `{title}`, `{text}`, `{condition}`, `{severity}` | these |
///
/// Guidelines may come from anywhere, so that their texts are quoted: see ``PromptTemplate/quoted(_:)``.
public struct PromptTemplate: Sendable, Hashable {
    private enum Part: Sendable, Hashable {
        case text(String)
        case field(Field)
    }

    private enum Field: String, CaseIterable, Sendable, Hashable {
        case rule, when, number, id, title, text, condition, severity
    }

    private let opening: String
    private let each: [Part]
    private let closing: String

    /// The block of the Guide-Align paper.
    public static let guideAlign = PromptTemplate(
        opening: "####Here are some guidelines for the AI assistant to follow:\n",
        each: [.field(.rule), .field(.when), .text("\n")], closing: "####")

    private init(opening: String, each: [Part], closing: String) {
        self.opening = opening
        self.each = each
        self.closing = closing
    }

    /// - Parameter file: what the text was read from, for errors.
    /// - Throws: ``FingerpostError/invalidTemplate(problem:_:)`` if there is not one `{each}…{/each}`, or an unknown field
    ///   in it. A brace that begins no field stands for itself.
    public init(_ text: String, file: String? = nil) throws(FingerpostError) {
        func fail(_ problem: String, before rest: Substring) -> FingerpostError {
            let line = text[..<rest.startIndex].reduce(1) { $0 + ($1.isNewline ? 1 : 0) }
            return .invalidTemplate(problem: problem, InputLocation(file: file ?? "template", line: line))
        }
        guard let begin = text.firstRange(of: "{each}") else {
            throw fail("it has no {each}, which says how a guideline is written", before: text[...])
        }
        let rest = text[begin.upperBound...]
        guard let end = rest.firstRange(of: "{/each}") else { throw fail("{each} has no {/each}", before: rest) }
        if let second = text[end.upperBound...].firstRange(of: "{each}") {
            throw fail("it has a second {each}", before: text[second.lowerBound...])
        }
        opening = String(text[..<begin.lowerBound])
        closing = String(text[end.upperBound...])

        var parts: [Part] = []
        var left = rest[..<end.lowerBound]
        while let brace = left.firstIndex(of: "{") {
            if brace > left.startIndex { parts.append(.text(String(left[..<brace]))) }
            let inside = left[left.index(after: brace)...]
            guard let close = inside.firstIndex(of: "}"), inside[..<close].allSatisfy(\.isLetter),
                close > inside.startIndex
            else {
                parts.append(.text("{"))
                left = inside
                continue
            }
            guard let field = Field(rawValue: String(inside[..<close])) else {
                let known = Field.allCases.map { "{\($0.rawValue)}" }.joined(separator: ", ")
                throw fail("{\(inside[..<close])} is no field; there are \(known)", before: left[brace...])
            }
            parts.append(.field(field))
            left = inside[inside.index(after: close)...]
        }
        if !left.isEmpty { parts.append(.text(String(left))) }
        each = parts
    }

    /// The guidelines written out; empty where there are none. O(length).
    public func text(for guidelines: [Guideline]) -> String {
        guard !guidelines.isEmpty else { return "" }
        return opening + guidelines.enumerated().map { text(for: $1, number: $0 + 1) }.joined() + closing
    }

    private func text(for guideline: Guideline, number: Int) -> String {
        each.map { part in
            switch part {
            case .text(let text): text
            case .field(let field): Self.value(of: field, guideline, number)
            }
        }.joined()
    }

    private static func value(of field: Field, _ guideline: Guideline, _ number: Int) -> String {
        switch field {
        case .rule: quoted((guideline.title.map { $0 + ": " } ?? "") + guideline.text)
        case .when: guideline.condition.map { " Applies when: " + quoted($0) } ?? ""
        case .number: String(number)
        case .id: quoted(guideline.id)
        case .title: quoted(guideline.title ?? "")
        case .text: quoted(guideline.text)
        case .condition: quoted(guideline.condition ?? "")
        case .severity: guideline.severity.rawValue
        }
    }

    /// What chat formats mark turns with, and what is left of it. Tokenizers look for them among scalars: what a mark stands
    /// beside may make one character of its first or last, and does not make it another mark.
    private static let marks: [(text: [Unicode.Scalar], kept: [Unicode.Scalar])] =
        (["<|", "|>", "<<", ">>"].map { ($0, "") } + ["INST", "/INST"].map { ("[\($0)]", $0) }
        + ["s", "/s", "start_of_turn", "end_of_turn"].map { ("<\($0)>", $0) })
        .map { (Array($0.0.unicodeScalars), Array($0.1.unicodeScalars)) }

    /// A text that can neither end the block it stands in nor pass for a turn of the conversation, so that a guideline from
    /// an untrusted file stays a line among others: white space and control characters become single spaces, three and more
    /// of `#` become two, and the marks of common chat formats (`<|…|>`, `[INST]`, `<<SYS>>`, `<s>`, `<start_of_turn>`) lose
    /// their brackets. It cannot keep a model from believing what the text says; review what you import.
    public static func quoted(_ text: String) -> String {
        var scalars = Array(text.unicodeScalars)
        // Taking one mark away may leave another.
        var before: [Unicode.Scalar]
        repeat {
            before = scalars
            for mark in marks { scalars = scalars.replacing(mark.text, with: mark.kept) }
        } while scalars != before
        var line = ""
        var hashes = 0
        for character in String(String.UnicodeScalarView(scalars)) {
            let isBlank =
                character.isWhitespace
                || character.unicodeScalars.allSatisfy { scalar in
                    scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
                }
            guard !isBlank else {
                if line.last != " ", !line.isEmpty { line.append(" ") }
                hashes = 0
                continue
            }
            for scalar in character.unicodeScalars {
                hashes = scalar == "#" ? hashes + 1 : 0
                if hashes < 3 { line.unicodeScalars.append(scalar) }
            }
        }
        if line.last == " " { line.removeLast() }
        return line
    }
}
