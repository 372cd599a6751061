import GRDB

/// A filter as a condition of SQL over the table `guideline`.
///
/// What the tables hold beside the records is compared by SQLite, whose comparison of text is that of bytes. What stands
/// in the records alone, and looking for parts of texts, is done by a function that SQLite calls, in the same code that
/// ``GuidelineFilter/matches(_:)`` runs: SQLite's own JSON functions round numbers, end texts at NUL and know no names
/// with quotes in them, and its case folding knows ASCII alone. Values are always bound, never part of the text.
struct FilterQuery {
    static let functionName = "guideline_filter"
    /// More conditions, or nesting that is deeper, is left to one call of the function for each guideline, as SQLite's
    /// parser has limits that depend on how it was built.
    private static let (maximumConditions, maximumDepth) = (300, 16)

    private(set) var sql = ""
    private(set) var arguments = StatementArguments()
    /// What the function tests, by its first argument.
    private var tests: [RecordTest] = []

    init(_ filter: GuidelineFilter) {
        if Self.size(of: filter, depth: 0, limit: Self.maximumConditions) != nil {
            sql = condition(filter)
        } else {
            sql = function(.guideline(filter), "record")
        }
    }

    /// Number of conditions, or nil where there are too many or they are nested too deep.
    private static func size(of filter: GuidelineFilter, depth: Int, limit: Int) -> Int? {
        guard depth < maximumDepth else { return nil }
        switch filter {
        case .all(let filters), .any(let filters):
            var total = 1
            for filter in filters {
                guard let size = size(of: filter, depth: depth + 1, limit: limit - total) else { return nil }
                total += size
                guard total <= limit else { return nil }
            }
            return total
        case .not(let inner): return size(of: inner, depth: depth + 1, limit: limit)
        default: return 1
        }
    }

    /// The function for the connection that runs the query, where it needs one. It must be taken away when that is done.
    var function: DatabaseFunction? {
        guard !tests.isEmpty else { return nil }
        let tests = tests
        return DatabaseFunction(Self.functionName, argumentCount: 2, pure: true) { values in
            guard case .int64(let index) = values[0].storage, tests.indices.contains(Int(index)) else { return false }
            guard case .string(let text) = values[1].storage else { return false }
            do {
                return try tests[Int(index)].matches(text)
            } catch {
                throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a guideline's record cannot be read")
            }
        }
    }

    // MARK: Conditions

    private mutating func condition(_ filter: GuidelineFilter) -> String {
        switch filter {
        case .all(let filters):
            return filters.isEmpty ? "1" : "(" + conditions(filters).joined(separator: " AND ") + ")"
        case .any(let filters):
            return filters.isEmpty ? "0" : "(" + conditions(filters).joined(separator: " OR ") + ")"
        case .not(let inner): return "NOT " + condition(inner)
        case .text(let field, let test): return text(filter, field, test)
        case .kind(let values): return isIn("kind", values.map(\.rawValue))
        case .status(let values): return isIn("status", values.map(\.rawValue))
        case .authority(let values): return isIn("authority", values.map(\.rawValue))
        case .severity(let test):
            return isIn("severity", Guideline.Severity.allCases.filter(test.matches).map(\.rawValue))
        case .priority(let test): return number("priority", test)
        case .version(let test): return number("version", test)
        case .language(let ranges):
            return "(" + (["0"] + ranges.map { language($0) }).joined(separator: " OR ") + ")"
        case .threshold, .hasThreshold, .source, .metadata:
            return function(RecordTest(filter), "record")
        }
    }

    /// Those that call the function last, as SQLite stops at the first one that decides.
    private mutating func conditions(_ filters: [GuidelineFilter]) -> [String] {
        let costly = filters.map(Self.callsFunction)
        let ordered = zip(filters, costly).filter { !$0.1 } + zip(filters, costly).filter { $0.1 }
        return ordered.map { condition($0.0) }
    }

    private static func callsFunction(_ filter: GuidelineFilter) -> Bool {
        switch filter {
        case .all(let filters), .any(let filters): filters.contains(where: callsFunction)
        case .not(let inner): callsFunction(inner)
        case .text(_, .contains), .text(.category, _), .text(.condition, _), .text(.examples, _),
            .text(.counterexamples, _), .threshold, .hasThreshold, .source, .metadata:
            true
        default: false
        }
    }

    private mutating func text(
        _ filter: GuidelineFilter, _ field: GuidelineFilter.TextField, _ test: GuidelineFilter.TextTest
    ) -> String {
        switch field {
        case .id, .text: return text(field.rawValue, test)
        case .title: return "coalesce(\(text("title", test)), 0)"
        case .tag: return label("tag", test)
        case .risk: return label("risk", test)
        case .category: return "(\(label("tag", test)) OR \(function(RecordTest(filter), "record")))"
        case .condition, .examples, .counterexamples: return function(RecordTest(filter), "record")
        }
    }

    private mutating func label(_ name: String, _ test: GuidelineFilter.TextTest) -> String {
        "row IN (SELECT guideline FROM guideline_\(name) WHERE \(text(name, test)))"
    }

    /// The test on a column of text.
    private mutating func text(_ column: String, _ test: GuidelineFilter.TextTest) -> String {
        switch test {
        case .isIn(let values): return isIn(column, values)
        case .hasPrefix(let prefix):
            guard Self.canBeBound(prefix) else { return "0" }
            guard !prefix.isEmpty else { return "\(column) IS NOT NULL" }
            let lower = "\(column) >= \(bind(prefix))"
            guard let end = Self.successor(of: prefix) else { return lower }
            return "(\(lower) AND \(column) < \(bind(end)))"
        case .contains: return function(.text(test), column)
        case .exists: return "\(column) IS NOT NULL"
        }
    }

    private mutating func isIn(_ column: String, _ values: [String]) -> String {
        let values = values.filter(Self.canBeBound)
        switch values.count {
        case 0: return "0"
        case 1: return "\(column) = \(bind(values[0]))"
        default:
            // One argument, however many there are.
            let list = JSONValue.array(values.map(JSONValue.string)).jsonText
            return "\(column) IN (SELECT value FROM json_each(\(bind(list))))"
        }
    }

    private mutating func number(_ column: String, _ test: GuidelineFilter.OrderTest<Int>) -> String {
        switch test {
        case .isIn(let values):
            let list = JSONValue.array(values.map(JSONValue.integer)).jsonText
            return "\(column) IN (SELECT value FROM json_each(\(bind(list))))"
        case .lessThan(let value): return "\(column) < \(bind(value))"
        case .atMost(let value): return "\(column) <= \(bind(value))"
        case .greaterThan(let value): return "\(column) > \(bind(value))"
        case .atLeast(let value): return "\(column) >= \(bind(value))"
        }
    }

    private mutating func language(_ range: String) -> String {
        if range == "*" { return "1" }
        guard Self.canBeBound(range) else { return "0" }
        // NOCASE folds ASCII alone, which is what language tags are made of.
        let exact = "language = \(bind(range)) COLLATE NOCASE"
        let length = range.unicodeScalars.count + 1
        return "(\(exact) OR substr(language, 1, \(bind(length))) = \(bind(range + "-")) COLLATE NOCASE)"
    }

    private mutating func function(_ test: RecordTest, _ column: String) -> String {
        tests.append(test)
        return "\(Self.functionName)(\(bind(tests.count - 1)), \(column))"
    }

    // MARK: Arguments

    private mutating func bind(_ value: some DatabaseValueConvertible) -> String {
        arguments += [value]
        return "?"
    }

    /// A text with NUL would end there; no column holds one.
    private static func canBeBound(_ text: String) -> Bool { !text.utf8.contains(0) }

    /// The first text, in the order of bytes, that is behind all that begin with the prefix.
    private static func successor(of prefix: String) -> String? {
        var scalars = Array(prefix.unicodeScalars)
        while let last = scalars.popLast() {
            guard last.value < 0x10FFFF else { continue }
            // Surrogates are no scalars.
            scalars.append(Unicode.Scalar(last.value + 1) ?? "\u{E000}")
            return FilterLexer.string(scalars[...])
        }
        return nil
    }
}

/// What is tested outside SQL.
private enum RecordTest: Sendable {
    /// A text by itself.
    case text(GuidelineFilter.TextTest)
    /// A condition on one member of the record.
    case member(RecordMember, @Sendable (JSONValue?) -> Bool)
    /// The whole record.
    case guideline(GuidelineFilter)

    /// A condition on what stands in the record alone. For `category` without the tags.
    init(_ condition: GuidelineFilter) {
        switch condition {
        case .text(.category, let test):
            self = .member(RecordMember("category")) { test.matches($0) }
        case .text(let field, let test):
            self = .member(RecordMember(field.rawValue)) { test.matches($0) }
        case .threshold(let test):
            self = .member(RecordMember("threshold")) { value in
                switch value {
                case .number(let number): test.matches(number)
                case .integer(let number): test.matches(Double(number))
                default: false
                }
            }
        case .hasThreshold:
            self = .member(RecordMember("threshold")) { $0 != nil }
        case .source(let path, let test):
            self = .member(RecordMember("source")) { test.matches($0.flatMap(path.value)) }
        // A documented field is no metadata, though it stands beside it in the record.
        case .metadata(let path, let test) where GuidelineField(rawValue: path.names[0]) == nil:
            self = .member(RecordMember(path.names[0])) { test.matches($0.flatMap(path.rest)) }
        default: self = .guideline(condition)
        }
    }

    func matches(_ text: String) throws -> Bool {
        var text = text
        switch self {
        case .text(let test): return test.matches(text)
        case .member(let member, let test): return test(try text.withUTF8 { try member.value(in: .init($0)) })
        case .guideline(let filter): return filter.matches(try text.withUTF8 { try Guideline(record: .init($0)) })
        }
    }
}
