import Fingerpost
import Foundation
import GuidelineStore
import Yams

extension Rails {
    /// Bytes of the longest file of rails that is read.
    private static let fileLimit = 4 << 20

    /// Reads rails from a YAML file; see <doc:CheckingTexts> for what may stand in it.
    ///
    /// - Parameters:
    ///   - url: the file.
    ///   - library: for semantic checks; also counts tokens by its encoder.
    ///   - judge: for judge's checks.
    /// - Throws: ``GuardrailsError/invalidRails(_:problem:)`` and ``GuidelineStoreError``, with the line at fault;
    ///   ``GuardrailsError/missingPart(id:part:)`` where a check asks for what is not given.
    public init(contentsOf url: URL, library: GuidelineLibrary? = nil, judge: (any Judge)? = nil) throws {
        let text = try InputSource.file(url).text(limit: Self.fileLimit)
        try self.init(yaml: text, file: url.path, library: library, judge: judge)
    }

    /// Reads rails from YAML.
    ///
    /// - Parameter file: what errors call it.
    /// - Throws: as ``init(contentsOf:library:judge:)``.
    public init(
        yaml text: String, file: String = "rails.yaml", library: GuidelineLibrary? = nil, judge: (any Judge)? = nil
    ) throws {
        guard let root = try YAMLMapping.root(of: text, name: file) else {
            throw GuardrailsError.invalidRails(
                InputLocation(file: file, line: 1), problem: "there are no rails; name checks below \"rails:\"")
        }
        var document = try YAMLFields(root, what: "the document", file: file)
        guard let list = document.take("rails") else {
            try document.finish("a file of rails")
            throw document.fault("there is no \"rails\"")
        }
        try document.finish("a file of rails")
        guard case .sequence(let items) = list, !items.isEmpty else {
            throw document.fault("\"rails\" must be a list of at least one check", list)
        }
        let counter = library.map { library in
            TokenCounter(name: library.encoder.identity.name) {
                library.encoder.tokenCount(of: $0) ?? TokenCounter.estimate.count($0)
            }
        }
        var checks: [GuardedCheck] = []
        for item in items {
            let reader = CheckReader(file: file, counter: counter ?? .estimate)
            let check = try reader.check(item)
            guard !checks.contains(where: { $0.check.id == check.check.id }) else {
                throw document.fault("two checks are called \(check.check.id); give one an \"id\" of its own", item)
            }
            checks.append(check)
        }
        try self.init(checks: checks, library: library, judge: judge)
    }

    /// The rails as a file; reading it gives rails with the same ``definition``.
    ///
    /// - Throws: ``GuardrailsError/notDefinable(id:)`` where a check is a program's own.
    public func yaml() throws(GuardrailsError) -> String {
        var writer = RailsWriter()
        for entry in try definition.checks { writer.append(entry) }
        return writer.text
    }
}

/// Reads one check of a file.
struct CheckReader {
    let file: String
    let counter: TokenCounter

    private enum Kind: String, CaseIterable {
        case secrets, keywords, pattern, semantic, judge, style, length
        case personalData = "personal_data"
    }

    func check(_ node: Node) throws(GuardrailsError) -> GuardedCheck {
        var fields = try YAMLFields(node, what: "a check", file: file)
        guard let kind = try fields.word("check", as: Kind.self) else {
            let names = Kind.allCases.map(\.rawValue).sorted().joined(separator: ", ")
            throw fields.fault("a check says what it is with \"check\", one of \(names)")
        }
        let id = try fields.text("id") ?? kind.rawValue
        guard !id.isEmpty, id.utf8.count <= 100 else { throw fields.fault("\"id\" must have 1 to 100 bytes") }
        var guarded: GuardedCheck
        do {
            guarded = GuardedCheck(try read(kind, id, &fields))
        } catch GuardrailsError.invalidCheck(_, let problem) {
            throw fields.fault("the check \(id) is wrong: \(problem)")
        }
        if let action = fields.take("on_match") { guarded.action = try self.action(action, &fields) }
        if let severities = fields.take("on_severity") {
            guarded.severityActions = try actions(severities, fields)
        }
        guarded.isShadow = try fields.flag("shadow") ?? false
        guarded.failurePolicy = try fields.word("on_failure", as: DecisionRecord.FailurePolicy.self) ?? .closed
        if let rails = try fields.words("rails", as: DecisionRecord.Rail.self) { guarded.rails = Set(rails) }
        try fields.finish("a check of \(kind.rawValue)")
        return guarded
    }

    private func read(
        _ kind: Kind, _ id: String, _ fields: inout YAMLFields
    ) throws(GuardrailsError) -> any Check {
        switch kind {
        case .secrets: return Secrets(kinds: try fields.words("kinds", as: SecretKind.self) ?? [], id: id)
        case .personalData:
            return PersonalData(
                kinds: try fields.words("kinds", as: PersonalDataKind.self) ?? [], id: id,
                minimumConfidence: Float(try fields.number("minimum_confidence", in: 0...1) ?? 0.5))
        case .keywords:
            return try Keywords(
                try fields.texts("words") ?? [], allowing: try fields.texts("allow") ?? [], id: id,
                readsDigitsAsLetters: try fields.flag("leetspeak") ?? false,
                matchesInsideWords: try fields.flag("inside_words") ?? false)
        case .pattern:
            guard let pattern = try fields.text("pattern"), !pattern.isEmpty else {
                throw fields.fault("\"pattern\" is missing")
            }
            return try Pattern(
                pattern, id: id, name: try fields.text("name") ?? "pattern",
                ignoresCase: try fields.flag("ignores_case") ?? false)
        case .semantic: return try Semantic(nil, try semantic(&fields), id: id)
        case .judge: return try JudgeCheck(try fields.text("criterion") ?? "", judge: nil, id: id)
        case .style:
            var rules = Style.Rules()
            rules.banned = try fields.texts("banned") ?? []
            rules.required = try fields.texts("required") ?? []
            rules.readingGrade = try fields.number("maximum_reading_grade", in: -100...1_000)
            rules.capitals = try fields.number("maximum_capitals", in: 0...1)
            rules.exclamationMarks = try fields.count("maximum_exclamation_marks")
            return try Style(rules, id: id)
        case .length:
            let limits = Length.Limits(
                characters: try range("characters", &fields), words: try range("words", &fields),
                tokens: try range("tokens", &fields))
            return Length(limits, id: id, counter: counter)
        }
    }

    private func range(_ what: String, _ fields: inout YAMLFields) throws(GuardrailsError) -> ClosedRange<Int>? {
        let least = try fields.count("minimum_\(what)")
        let most = try fields.count("maximum_\(what)")
        guard least != nil || most != nil else { return nil }
        guard least ?? 0 <= most ?? .max else {
            throw fields.fault("\"minimum_\(what)\" is more than \"maximum_\(what)\"")
        }
        return (least ?? 0)...(most ?? .max)
    }

    private func semantic(_ fields: inout YAMLFields) throws(GuardrailsError) -> Semantic.Options {
        var options = Semantic.Options()
        options.limit = try fields.count("limit", least: 1) ?? options.limit
        options.threshold = try fields.number("threshold", in: -1...1).map { Float($0) }
        options.risk = try fields.texts("risk") ?? []
        options.minimumSeverity = try fields.word("minimum_severity", as: Guideline.Severity.self)
        options.method = try fields.word("method", as: RetrievalMethod.self) ?? options.method
        if let node = fields.take("filter") {
            guard case .scalar(let scalar) = node else { throw fields.fault("\"filter\" must be text", node) }
            do {
                options.filter = try GuidelineFilter(parsing: scalar.string)
            } catch {
                throw fields.fault("the filter is wrong: \(error)", node)
            }
        }
        return options
    }

    // MARK: Actions

    private enum ActionName: String, CaseIterable { case allow, audit, warn, redact, mask, ask, deny }

    /// A name, or `{replace: text}`.
    private func action(_ node: Node, _ fields: inout YAMLFields) throws(GuardrailsError) -> CheckAction {
        if case .scalar(let scalar) = node {
            switch try fields.word(scalar.string, "an action", node, as: ActionName.self) {
            case .allow: return .allow
            case .audit: return .audit
            case .warn: return .warn
            case .redact: return .modify(.redact)
            case .mask: return .modify(.mask)
            case .ask: return .ask
            case .deny: return .deny
            }
        }
        var members = try YAMLFields(node, what: "an action that is no single word", file: file)
        guard let text = try members.text("replace") else { throw members.fault("\"replace\" is missing") }
        try members.finish("an action")
        return .modify(.replace(with: text))
    }

    private func actions(
        _ node: Node, _ fields: YAMLFields
    ) throws(GuardrailsError) -> [Guideline.Severity: CheckAction] {
        var members = try YAMLFields(node, what: "\"on_severity\"", file: file)
        var actions: [Guideline.Severity: CheckAction] = [:]
        for severity in Guideline.Severity.allCases {
            if let value = members.take(severity.rawValue) { actions[severity] = try action(value, &members) }
        }
        try members.finish("\"on_severity\"")
        return actions
    }
}
