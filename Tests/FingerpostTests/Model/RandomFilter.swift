import Fingerpost

/// A filter as a person writes it, and what it means.
struct RandomFilter {
    var text: String
    var matches: (Guideline) -> Bool

    init(depth: Int = 2, using generator: inout some RandomNumberGenerator) {
        guard depth > 0, Bool.random(using: &generator) else {
            self = Self.condition(using: &generator)
            return
        }
        let one = RandomFilter(depth: depth - 1, using: &generator)
        let other = RandomFilter(depth: depth - 1, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: self.init("(\(one.text)) and (\(other.text))") { one.matches($0) && other.matches($0) }
        case 1: self.init("(\(one.text)) or (\(other.text))") { one.matches($0) || other.matches($0) }
        default: self.init("not (\(one.text))") { !one.matches($0) }
        }
    }

    private init(_ text: String, _ matches: @escaping (Guideline) -> Bool) {
        self.text = text
        self.matches = matches
    }

    private static func condition(using generator: inout some RandomNumberGenerator) -> RandomFilter {
        let number = Int.random(in: 0..<5, using: &generator)
        let levels: [Guideline.Severity] = [.low, .medium, .high, .critical]
        switch Int.random(in: 0..<9, using: &generator) {
        case 0:
            let level = Int.random(in: levels.indices, using: &generator)
            return RandomFilter("severity >= \(levels[level].rawValue)") { guideline in
                levels[level...].contains(guideline.severity)
            }
        case 1: return RandomFilter("tag = t\(number)") { $0.tags.contains("t\(number)") }
        case 2: return RandomFilter("tag != t\(number)") { !$0.tags.contains("t\(number)") }
        case 3: return RandomFilter("priority < \(number)") { $0.priority < number }
        case 4: return RandomFilter("risk = mlc:*") { $0.risk.contains { $0.hasPrefix("mlc:") } }
        case 5: return RandomFilter("kind = style") { $0.kind == .style }
        case 6: return RandomFilter("lang = en") { $0.language == "en" || $0.language.hasPrefix("en-") }
        case 7:
            return RandomFilter("source.page >= \(number)") { guideline in
                if case .integer(let page)? = guideline.source["page"] { page >= number } else { false }
            }
        default: return RandomFilter("id = g1*") { $0.id.hasPrefix("g1") }
        }
    }
}
