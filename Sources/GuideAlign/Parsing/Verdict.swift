import Foundation

/// A verdict that a model was asked for in words.
///
/// The grammar: the last line that is not blank is `Yes` or `No`, or `Verdict:`, `Answer:` or `Final:` and one of them,
/// in any case, with a full stop or not, with Markdown's asterisks or not. A "Yes" anywhere else is no verdict.
public enum Verdict: Sendable, Hashable {
    case yes
    case no

    /// - Throws: ``GuideAlignError/noVerdict(problem:)``.
    public init(text: String) throws(GuideAlignError) {
        let line = text.split(whereSeparator: \.isNewline).last { !$0.allSatisfy(\.isWhitespace) }
        guard let line else { throw .noVerdict(problem: "it is empty") }
        var words = line.lowercased().filter { $0 != "*" }.trimmingCharacters(in: .whitespaces)
        for label in ["final verdict:", "verdict:", "answer:", "final:"] where words.hasPrefix(label) {
            words = words.dropFirst(label.count).trimmingCharacters(in: .whitespaces)
            break
        }
        switch words {
        case "yes", "yes.": self = .yes
        case "no", "no.": self = .no
        default: throw .noVerdict(problem: "its last line is neither Yes nor No")
        }
    }

    /// Decodes the one JSON object that the answer is, alone or as its only fenced block.
    ///
    /// - Throws: ``GuideAlignError/noVerdict(problem:)``.
    public static func decode<Value: Decodable>(_ type: Value.Type, from text: String) throws(GuideAlignError) -> Value
    {
        let parts = text.components(separatedBy: "```")
        guard parts.count == 1 || parts.count == 3 else {
            throw .noVerdict(problem: "it holds more than one fenced block, or one that does not end")
        }
        var body = Substring(parts.count == 3 ? parts[1] : text)
        if parts.count == 3, let end = body.firstIndex(where: \.isNewline),
            body[..<end].trimmingCharacters(in: .whitespaces).lowercased() == "json"
        {
            body = body[end...]
        }
        let object = body.trimmingCharacters(in: .whitespacesAndNewlines)
        guard object.hasPrefix("{"), object.hasSuffix("}") else {
            throw .noVerdict(problem: "it is not one JSON object")
        }
        do { return try JSONDecoder().decode(type, from: Data(object.utf8)) } catch {
            throw .noVerdict(problem: "its JSON is broken or has other members than were asked for")
        }
    }
}
