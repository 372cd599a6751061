import Fingerpost
import GuidelineStore

/// Checks on what goes into a model and what comes out of it, in an order, with what is made of each.
///
/// ```swift
/// let rails = try Rails {
///     Secrets().onMatch(.modify(.redact))
///     PersonalData(.email, .card).onMatch(.modify(.mask))
///     try Semantic(library).onMatch(.ask)
/// }
/// let decision = rails.check(text, rail: .input, deadline: .milliseconds(20))
/// ```
///
/// Rails are a value: any number of threads may use them at once.
public struct Rails: Sendable {
    public let checks: [GuardedCheck]
    /// What stands in a text where something was taken away: it is not looked at again.
    let replacements: Replacements

    /// - Throws: ``GuardrailsError/duplicateCheck(id:)``, and what the checks throw as they are made.
    public init(@RailsBuilder _ checks: () throws -> [GuardedCheck]) throws {
        try self.init(checks: try checks())
    }

    /// - Parameters:
    ///   - checks: in the order in which decisions list them.
    ///   - library: for semantic checks that have none of their own.
    ///   - judge: for judge's checks that have none of their own.
    /// - Throws: ``GuardrailsError/duplicateCheck(id:)``, ``GuardrailsError/missingPart(id:part:)``.
    public init(
        checks: [GuardedCheck], library: GuidelineLibrary? = nil, judge: (any Judge)? = nil
    ) throws(GuardrailsError) {
        var checks = checks
        var ids: Set<String> = []
        for place in checks.indices {
            let id = checks[place].check.id
            guard ids.insert(id).inserted else { throw .duplicateCheck(id: id) }
            if var semantic = checks[place].check as? Semantic, semantic.library == nil {
                guard let library else { throw .missingPart(id: id, part: "library") }
                semantic.library = library
                checks[place].check = semantic
            }
            if var check = checks[place].check as? JudgeCheck, check.judge == nil {
                guard let judge else { throw .missingPart(id: id, part: "judge") }
                check.judge = judge
                checks[place].check = check
            }
        }
        Self.shareSearches(&checks)
        self.checks = checks
        replacements = Replacements(checks)
    }

    /// Semantic checks that search a library in the same way search for as many guidelines as the one that wants most, so
    /// that one search is enough; those of one library have their counterexamples' vectors in common.
    private static func shareSearches(_ checks: inout [GuardedCheck]) {
        struct Way: Hashable {
            var library: ObjectIdentifier
            var options: RetrievalOptions
        }
        var limits: [Way: Int] = [:]
        var vectors: [ObjectIdentifier: CounterexampleVectors] = [:]
        func way(_ semantic: Semantic, _ library: GuidelineLibrary) -> Way {
            Way(
                library: ObjectIdentifier(library), options: semantic.retrievalOptions(limit: 1, isCalibrated: true))
        }
        for case let semantic as Semantic in checks.map(\.check) {
            guard let library = semantic.library else { continue }
            limits[way(semantic, library), default: 0] = max(
                limits[way(semantic, library)] ?? 0, semantic.searchLimit)
        }
        for place in checks.indices {
            guard var semantic = checks[place].check as? Semantic, let library = semantic.library else { continue }
            semantic.searchLimit = limits[way(semantic, library)] ?? semantic.searchLimit
            semantic.counterexamples = vectors[ObjectIdentifier(library)] ?? CounterexampleVectors()
            vectors[ObjectIdentifier(library)] = semantic.counterexamples
            checks[place].check = semantic
        }
    }

    /// What is checked where nothing else is asked for: secrets are redacted, personal data masked, and where a guideline of
    /// the library applies a person is asked.
    public static func standard(_ library: GuidelineLibrary?) throws -> Rails {
        try Rails {
            Secrets()
            PersonalData()
            if let library { try Semantic(library) }
        }
    }

    /// The same checks, all of them in shadow.
    public func inShadow() -> Rails {
        Rails(checks: checks.map { $0.shadow() }, replacements: replacements)
    }

    private init(checks: [GuardedCheck], replacements: Replacements) {
        (self.checks, self.replacements) = (checks, replacements)
    }

    /// Does ahead what the first decisions would have to wait for: counterexamples are encoded.
    public func prepare() throws {
        for guarded in checks { try (guarded.check as? Semantic)?.prepare() }
    }
}
