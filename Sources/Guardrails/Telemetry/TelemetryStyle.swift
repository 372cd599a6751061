/// How attributes are named in telemetry. No names for guardrails are agreed on yet, so that all of them stand in one table.
public enum TelemetryStyle: String, Sendable, Hashable, CaseIterable {
    /// The drafts of OpenTelemetry's conventions for generative AI (`gen_ai.security.…`, span `run_guardrail`).
    case genAI = "gen_ai"
    /// What Microsoft's distribution of OpenTelemetry ships (`microsoft.security.…`, span `apply_guardrail`).
    case microsoft
    /// OpenInference (`openinference.span.kind` GUARDRAIL), as Phoenix and others show it.
    case openInference = "openinference"

    /// What an attribute says, whatever it is called.
    enum Field: CaseIterable {
        case operation, spanKind
        case guardrailID, guardrailName, guardrailVersion, provider
        case decision, reason, action
        case target, policyID, policyVersion
        case risk, severity, score, threshold
        case conversation, model, inputHash, text
        case decisionID, rail, shadow, status, onFailure, problem
        case libraryVersion, encoder, dropped, findings, latency
    }

    /// The name of an attribute; what a style has no name for is under a prefix of our own.
    func name(of field: Field) -> String {
        let names =
            switch self {
            case .genAI: Self.genAINames
            case .microsoft: Self.microsoftNames
            case .openInference: Self.openInferenceNames
            }
        return names[field] ?? Self.ownNames[field] ?? "fingerpost.\(field)"
    }

    /// The name of a decision's span, and the value of ``Field/operation``.
    var operation: String { self == .microsoft ? "apply_guardrail" : "run_guardrail" }

    /// The name of the event of a check.
    var eventName: String {
        switch self {
        case .genAI: "gen_ai.security.finding"
        case .microsoft: "microsoft.security.finding"
        case .openInference: "guardrail.check"
        }
    }

    private static let genAINames: [Field: String] = [
        .operation: "gen_ai.operation.name", .guardrailID: "gen_ai.guardrail.id",
        .guardrailName: "gen_ai.guardrail.name", .guardrailVersion: "gen_ai.guardrail.version",
        .provider: "gen_ai.guardrail.provider.name", .decision: "gen_ai.security.verdict.type",
        .reason: "gen_ai.security.verdict.reason", .action: "gen_ai.security.action.type",
        .target: "gen_ai.security.target.type", .policyID: "gen_ai.security.policy.id",
        .policyVersion: "gen_ai.security.policy.version", .risk: "gen_ai.security.risk.category",
        .severity: "gen_ai.security.risk.severity", .score: "gen_ai.security.risk.score",
        .conversation: "gen_ai.conversation.id", .model: "gen_ai.request.model", .text: "gen_ai.input.messages",
    ]

    private static let microsoftNames: [Field: String] = [
        .operation: "gen_ai.operation.name", .guardrailID: "microsoft.guardian.id",
        .guardrailName: "microsoft.guardian.name", .guardrailVersion: "microsoft.guardian.version",
        .provider: "microsoft.guardian.provider.name", .decision: "microsoft.security.decision.type",
        .reason: "microsoft.security.decision.reason", .target: "microsoft.security.target.type",
        .policyID: "microsoft.security.policy.id", .policyVersion: "microsoft.security.policy.version",
        .conversation: "gen_ai.conversation.id", .model: "gen_ai.request.model", .text: "gen_ai.input.messages",
    ]

    private static let openInferenceNames: [Field: String] = [
        .spanKind: "openinference.span.kind", .conversation: "session.id", .model: "llm.model_name",
        .text: "input.value",
    ]

    private static let ownNames: [Field: String] = [
        .guardrailID: "fingerpost.check.id", .guardrailName: "fingerpost.check.kind",
        .guardrailVersion: "fingerpost.check.version", .policyID: "fingerpost.rule.ids",
        .policyVersion: "fingerpost.rule.versions", .inputHash: "fingerpost.input.hash",
        .decisionID: "fingerpost.decision.id", .onFailure: "fingerpost.on_failure",
        .libraryVersion: "fingerpost.library.version", .dropped: "fingerpost.rule.dropped",
        .latency: "fingerpost.check.latency_us",
    ]
}
