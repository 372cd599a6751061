extension GuidelineFilter {
    /// Longest expression, in bytes of UTF-8.
    public static let maximumExpressionLength = 65_536
    /// Deepest nesting of an expression.
    public static let maximumExpressionDepth = 128

    /// Reads an expression, such as `severity >= high and (risk = mlc:* or category = privacy) and lang = en`.
    ///
    /// - Conditions are joined with `and` (`&&`), `or` (`||`) and `not` (`!`), in that order of binding from `not` down,
    ///   and parentheses. `all(a, b)` and `any(a, b)` say the same of any number of conditions.
    /// - A condition is a field, an operator and a value: `=`, `!=`, `<`, `<=`, `>`, `>=`, `~` or `contains` (a part of a
    ///   text, in upper or lower case), `in (a, b)`, `not in (a, b)`, `exists`, `not exists`.
    /// - Fields are `id`, `title`, `text`, `condition`, `kind`, `status`, `authority`, `severity`, `priority`, `version`,
    ///   `lang`, `risk`, `tag`, `category`, `examples`, `counterexamples`, `threshold`, `source.NAME`, and any other name
    ///   for a metadata field (`support`, `author.name`); `metadata.NAME` says so outright.
    /// - A value with spaces or odd characters goes in quotes, `"..."` or `'...'`, with the escapes `\"`, `\'`, `\\`,
    ///   `\n`, `\r`, `\t` and `\u{E9}`. A `*` at its end, outside quotes, stands for any ending: `risk = mlc:*`. In
    ///   metadata, `12`, `0.5`, `true` and `false` without quotes are numbers and truth values, all else is text.
    ///
    /// O(length). Words of the language and of enumerations may be in upper case.
    ///
    /// - Throws: ``GuidelineStoreError/invalidFilter(expression:column:expected:)``.
    public init(parsing expression: String) throws(GuidelineStoreError) {
        guard expression.utf8.count <= Self.maximumExpressionLength else {
            throw .invalidFilter(
                expression: String(expression.prefix(60)) + "...", column: 1,
                expected: "at most \(Self.maximumExpressionLength) bytes, not \(expression.utf8.count)")
        }
        let scalars = Array(expression.unicodeScalars)
        do throws(FilterSyntaxError) {
            var parser = FilterParser(tokens: try FilterLexer.tokens(of: scalars))
            self = try parser.parse()
        } catch {
            throw .invalidFilter(
                expression: expression, column: FilterLexer.string(scalars.prefix(error.offset)).count + 1,
                expected: error.expected)
        }
    }
}

/// Reads tokens by recursive descent, as deep as ``GuidelineFilter/maximumExpressionDepth`` allows.
struct FilterParser {
    private let tokens: [FilterToken]
    private var index = 0
    private var depth = 0

    init(tokens: [FilterToken]) { self.tokens = tokens }

    mutating func parse() throws(FilterSyntaxError) -> GuidelineFilter {
        guard token.kind != .end else { throw error("a condition, such as severity >= high") }
        let filter = try parseAlternatives()
        guard token.kind == .end else { throw error("\"and\", \"or\" or the end of the expression") }
        return filter
    }

    // MARK: Combinations

    private mutating func parseAlternatives() throws(FilterSyntaxError) -> GuidelineFilter {
        depth += 1
        defer { depth -= 1 }
        guard depth <= GuidelineFilter.maximumExpressionDepth else {
            throw error("nesting of at most \(GuidelineFilter.maximumExpressionDepth) levels")
        }
        var filters = [try parseConjunction()]
        while take(.or, "or") { filters.append(try parseConjunction()) }
        return filters.count == 1 ? filters[0] : .any(filters)
    }

    private mutating func parseConjunction() throws(FilterSyntaxError) -> GuidelineFilter {
        var filters = [try parseNegation()]
        while take(.and, "and") { filters.append(try parseNegation()) }
        return filters.count == 1 ? filters[0] : .all(filters)
    }

    private mutating func parseNegation() throws(FilterSyntaxError) -> GuidelineFilter {
        var negations = 0
        while take(.not, "not") {
            negations += 1
            guard depth + negations <= GuidelineFilter.maximumExpressionDepth else {
                throw error("nesting of at most \(GuidelineFilter.maximumExpressionDepth) levels")
            }
        }
        depth += negations
        defer { depth -= negations }
        var filter = try parsePrimary()
        for _ in 0..<negations { filter = .not(filter) }
        return filter
    }

    private mutating func parsePrimary() throws(FilterSyntaxError) -> GuidelineFilter {
        if take(.open) {
            let filter = try parseAlternatives()
            guard take(.close) else { throw error("\")\", \"and\" or \"or\"") }
            return filter
        }
        if index + 1 < tokens.count, tokens[index + 1].kind == .open {
            if isWord("all") { return .all(try parseArguments()) }
            if isWord("any") { return .any(try parseArguments()) }
        }
        return try parseCondition()
    }

    /// The filters between the parentheses that follow the word here.
    private mutating func parseArguments() throws(FilterSyntaxError) -> [GuidelineFilter] {
        index += 2
        var filters: [GuidelineFilter] = []
        if take(.close) { return filters }
        repeat { filters.append(try parseAlternatives()) } while take(.comma)
        guard take(.close) else { throw error("\",\" or \")\"") }
        return filters
    }

    // MARK: Conditions

    private mutating func parseCondition() throws(FilterSyntaxError) -> GuidelineFilter {
        var conditions = FilterConditionParser(field: try parseField())
        let start = token.range.lowerBound
        if take(nil, "not") {
            if take(nil, "exists") { return .not(conditions.exists) }
            if take(nil, "in") { return .not(try conditions.isIn(try parseList())) }
            guard take(nil, "contains") else { throw error("\"in\", \"exists\" or \"contains\" after \"not\"") }
            conditions.offset = start
            return .not(try conditions.contains(try parseValue()))
        }
        conditions.offset = start
        if take(nil, "exists") { return conditions.exists }
        if take(nil, "in") { return try conditions.isIn(try parseList()) }
        if take(.contains, "contains") { return try conditions.contains(try parseValue()) }
        if take(.equal) { return try conditions.equals(try parseValue()) }
        if take(.notEqual) { return .not(try conditions.equals(try parseValue())) }
        if take(.less) { return try conditions.ordered(.less, try parseValue()) }
        if take(.lessOrEqual) { return try conditions.ordered(.lessOrEqual, try parseValue()) }
        if take(.greater) { return try conditions.ordered(.greater, try parseValue()) }
        if take(.greaterOrEqual) { return try conditions.ordered(.greaterOrEqual, try parseValue()) }
        throw error("an operator: =, !=, <, <=, >, >=, ~, contains, in (...) or exists")
    }

    private mutating func parseList() throws(FilterSyntaxError) -> [FilterValue] {
        guard take(.open) else { throw error("\"(\" and a list of values") }
        var values: [FilterValue] = []
        if take(.close) { return values }
        repeat { values.append(try parseValue()) } while take(.comma)
        guard take(.close) else { throw error("\",\" or \")\"") }
        return values
    }

    private mutating func parseValue() throws(FilterSyntaxError) -> FilterValue {
        let range = token.range
        switch token.kind {
        case .word(let text):
            index += 1
            return FilterValue(text: text, isQuoted: false, hasStar: text.hasSuffix("*"), offset: range.lowerBound)
        case .quoted(let text):
            index += 1
            var value = FilterValue(text: text, isQuoted: true, hasStar: false, offset: range.lowerBound)
            if token.kind == .word("*"), token.range.lowerBound == range.upperBound {
                index += 1
                value.hasStar = true
            }
            return value
        default: throw error("a value")
        }
    }

    /// Names with dots between them, some of them in quotes.
    private mutating func parseField() throws(FilterSyntaxError) -> FilterField {
        let start = token.range.lowerBound
        var names: [(name: String, isQuoted: Bool)] = []
        var end = start
        while token.range.lowerBound == end {
            switch token.kind {
            case .word(let text):
                let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
                // After a quote only a dot can follow.
                guard names.isEmpty || parts.first == "" else { throw error("\".\" or an operator") }
                names += (names.isEmpty ? parts[...] : parts.dropFirst()).map { ($0, false) }
            case .quoted(let text):
                if let last = names.last {
                    guard last.name.isEmpty, !last.isQuoted else { throw error("an operator") }
                    names.removeLast()
                }
                names.append((text, true))
            default: end = -1
            }
            guard end >= 0 else { break }
            end = token.range.upperBound
            index += 1
        }
        guard let first = names.first else { throw error("a field, \"not\" or \"(\"") }
        func fault(_ expected: String) -> FilterSyntaxError { FilterSyntaxError(offset: start, expected: expected) }
        guard names.allSatisfy({ $0.isQuoted || !$0.name.isEmpty }) else {
            throw fault("a field without empty parts; put a name that is empty or holds dots in quotes")
        }
        if !first.isQuoted, names.count == 1, FilterField.keywords.contains(first.name.lowercased()) {
            throw fault("a field; put \"\(first.name)\" in quotes if it is the name of one")
        }
        let path = names.map(\.name)
        guard !first.isQuoted else { return .metadata(GuidelineFilter.MetadataPath(path)) }
        return try Self.field(path, fault)
    }

    private static func field(
        _ path: [String], _ fault: (String) -> FilterSyntaxError
    ) throws(FilterSyntaxError) -> FilterField {
        let rest = Array(path.dropFirst())
        switch path[0] {
        case "source", "metadata":
            guard !rest.isEmpty else { throw fault("a member, as in \(path[0]).name") }
            return path[0] == "source" ? .source(.init(rest)) : .metadata(.init(rest))
        case "relations": throw fault("another field: relations cannot be filtered by")
        default: break
        }
        if let field = FilterField.named(path[0]) {
            guard rest.isEmpty else { throw fault("an operator after \(path[0]), which has no members") }
            return field
        }
        if let meant = FilterField.likelySlip(path[0]) {
            throw fault(
                "a known field; did you mean \"\(meant)\"? For a metadata field of that name write metadata.\(path[0])")
        }
        return .metadata(.init(path))
    }

    // MARK: Tokens

    private var token: FilterToken { tokens[min(index, tokens.count - 1)] }

    private func isWord(_ word: String) -> Bool {
        guard case .word(let text) = token.kind else { return false }
        return text.lowercased() == word
    }

    /// Goes on if the token is the symbol or the word.
    private mutating func take(_ kind: FilterToken.Kind?, _ word: String? = nil) -> Bool {
        guard token.kind == kind || word.map(isWord) == true else { return false }
        index += 1
        return true
    }

    private func error(_ expected: String) -> FilterSyntaxError {
        FilterSyntaxError(offset: token.range.lowerBound, expected: expected)
    }
}
