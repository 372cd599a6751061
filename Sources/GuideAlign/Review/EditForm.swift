import Fingerpost
import Foundation
import GuidelineStore

/// A guideline as a text that is changed in an editor: YAML of the fields that may be changed, with instructions.
public struct EditForm: Sendable, Hashable {
    public let guideline: Guideline

    public init(_ guideline: Guideline) { self.guideline = guideline }

    /// The form with the guideline's present values.
    public var text: String {
        let severities = Guideline.Severity.allCases.map(\.rawValue).joined(separator: ", ")
        let risks = guideline.risk.map(Self.quoted).joined(separator: ", ")
        return """
            # The guideline \(Self.quoted(guideline.id)). Change it, save and close the editor: it is then approved so.
            # Left as it is, or emptied, nothing happens. Lines that begin with # do not count.
            # severity: \(severities). risk: codes such as mlc:vcr, with commas.
            title: \(guideline.title.map(Self.quoted) ?? "")
            severity: \(guideline.severity.rawValue)
            risk: [\(risks)]
            text: \(Self.block(guideline.text))

            """
    }

    /// The decision that a filled-in form means; nil where it changes nothing, or holds nothing.
    ///
    /// - Parameter name: what errors call the form.
    /// - Throws: `GuidelineStoreError` and ``GuideAlignError/review(_:_:)`` with the line: what is no YAML, other fields, a
    ///   severity that there is not, no text.
    public func decision(from text: String, name: String) throws -> GuidelineDecision? {
        guard let form = try YAMLMapping.members(of: text, name: name) else { return nil }
        var members = form.members
        let location = form.location
        func error(_ problem: String) -> GuideAlignError {
            .review(.invalid(id: guideline.id, problem: problem), location)
        }
        let fields: Set = ["title", "text", "severity", "risk"]
        if let unknown = members.keys.filter({ !fields.contains($0) }).sorted().first {
            throw error("has a field \"\(unknown)\": title, text, severity and risk can be changed here")
        }
        guard let written = members["text"], written != .null else { throw error("has no text") }
        // No title is none, as opposed to the one that it had.
        if members["title"].map({ $0 == .null }) ?? true, guideline.title != nil { members["title"] = .string("") }
        members["id"] = .string(guideline.id)
        members["decision"] = .string(GuidelineDecision.Kind.edit.rawValue)
        var decision = try GuidelineDecision(JSONLine(members: members, location: location))
        decision.version = guideline.version
        var edited = guideline
        decision.changes.apply(to: &edited)
        guard try edited.validated(at: location) != guideline.validated() else { return nil }
        return decision
    }

    /// Text as a literal block where it survives there, which is easier to write in.
    private static func block(_ text: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let isPlain =
            text.unicodeScalars.allSatisfy { scalar in
                scalar == "\n"
                    || (scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value)
                        && ![0x2028, 0x2029, 0xFEFF].contains(scalar.value) && scalar.value & 0xFFFE != 0xFFFE)
            } && lines.allSatisfy { $0.first != " " && $0.last != " " } && lines.first?.isEmpty == false
            && lines.last?.isEmpty == false
        guard isPlain else { return quoted(text) }
        return "|-\n" + lines.map { $0.isEmpty ? "" : "  \($0)" }.joined(separator: "\n")
    }

    private static func quoted(_ text: String) -> String {
        // The parser takes a byte order mark away at the start of a text.
        if text.unicodeScalars.first == "\u{FEFF}" { return "!!binary \"\(Data(text.utf8).base64EncodedString())\"" }
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            default:
                let value = scalar.value
                let isOrdinary =
                    (0x20..<0x7F).contains(value)
                    || (0xA0...0xD7FF).contains(value) && !(0x2028...0x202E).contains(value)
                    || (0xE000...0xFFFD).contains(value) && value != 0xFEFF
                    || value >= 0x10000 && value & 0xFFFE != 0xFFFE
                if isOrdinary {
                    result.unicodeScalars.append(scalar)
                } else {
                    let digits = String(value, radix: 16)
                    let width = value > 0xFFFF ? 8 : 4
                    result +=
                        (value > 0xFFFF ? "\\U" : "\\u")
                        + String(repeating: "0", count: width - digits.count) + digits
                }
            }
        }
        return result + "\""
    }
}
