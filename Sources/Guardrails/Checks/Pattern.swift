import Foundation
import GuidelineStore

/// A regular expression of your own, in the syntax of ICU.
///
/// One that runs away stops at the decision's deadline, or after ``timeLimit`` where there is none: it is then a check that
/// came to no end, of which its rails make what they are told to.
public struct Pattern: DefinableCheck {
    public let id: String
    public let pattern: String
    /// What its findings are called.
    public let name: String
    public let ignoresCase: Bool
    public let version: String
    private let expression: NSRegularExpression

    /// A pattern that has taken so long has run away.
    public static let timeLimit = Duration.seconds(1)

    /// - Throws: ``GuardrailsError/invalidCheck(id:problem:)`` for an expression that cannot be read.
    public init(
        _ pattern: String, id: String = "pattern", name: String = "pattern", ignoresCase: Bool = false
    ) throws(GuardrailsError) {
        (self.pattern, self.id, self.name, self.ignoresCase) = (pattern, id, name, ignoresCase)
        guard name.wholeMatch(of: /[a-z0-9_]+/) != nil else {
            throw .invalidCheck(id: id, problem: "the name \"\(name)\" may hold lower-case letters, digits and _ alone")
        }
        do {
            expression = try NSRegularExpression(pattern: pattern, options: ignoresCase ? [.caseInsensitive] : [])
        } catch {
            throw .invalidCheck(id: id, problem: "the pattern is no regular expression (ICU's syntax)")
        }
        version = Self.definition(id, pattern, name, ignoresCase).version
    }

    public var kind: String { "regex" }
    public var isSlow: Bool { true }
    public var scope: CheckScope { .place }
    public var definition: CheckDefinition { Self.definition(id, pattern, name, ignoresCase) }

    private static func definition(_ id: String, _ pattern: String, _ name: String, _ ignoresCase: Bool)
        -> CheckDefinition
    {
        var members = DefinitionMembers()
        members.add("pattern", pattern)
        if name != "pattern" { members.add("name", name) }
        members.add("ignores_case", ignoresCase, unless: false)
        return CheckDefinition(check: "pattern", id: id, members: members.members)
    }

    public func run(on input: CheckInput) throws -> CheckOutcome {
        let text = input.text
        let clock = ContinuousClock()
        let limit = min(input.deadline ?? clock.now + Self.timeLimit, clock.now + Self.timeLimit)
        var isLate = false
        var found: [Range<Int>] = []
        let whole = NSRange(location: 0, length: text.utf16.count)
        expression.enumerateMatches(in: text, options: [.reportProgress], range: whole) { result, _, stop in
            if let result {
                // A match of nothing finds nothing.
                if result.range.length > 0 { found.append(result.range.location..<NSMaxRange(result.range)) }
                guard found.count % 64 == 0 else { return }
            }
            if clock.now >= limit {
                isLate = true
                stop.pointee = true
            }
        }
        guard !isLate else { throw GuardrailsError.deadlineMissed }
        return CheckOutcome(findings: Self.detections(found, name: name, in: text))
    }

    /// Ranges in UTF-16, in ascending order, as ranges in UTF-8.
    private static func detections(_ ranges: [Range<Int>], name: String, in text: String) -> [Detection] {
        guard !ranges.isEmpty else { return [] }
        var (utf16, utf8) = (0, 0)
        var scalars = text.unicodeScalars.makeIterator()
        func advance(to place: Int) -> Int {
            while utf16 < place, let scalar = scalars.next() {
                utf16 += UTF16.width(scalar)
                utf8 += UTF8.width(scalar)
            }
            return utf8
        }
        return ranges.map { range in
            let start = advance(to: range.lowerBound)
            return Detection(kind: name, range: start..<advance(to: range.upperBound))
        }
    }

    public static func == (one: Self, other: Self) -> Bool { one.definition == other.definition }
    public func hash(into hasher: inout Hasher) { hasher.combine(definition) }
}
