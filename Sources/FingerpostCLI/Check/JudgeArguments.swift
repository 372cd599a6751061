import ArgumentParser
import GuideAlign
import Guardrails

/// The model that judge's checks ask.
struct JudgeArguments: ParsableArguments {
    @Option(help: "For judge's checks: address of an OpenAI-compatible server, such as http://localhost:11434/v1.")
    var judge: String?

    @Option(help: "Name of the model there.")
    var judgeModel: String?

    @Option(name: .customLong("judge-key-variable"), help: "Environment variable that holds the key.")
    var keyVariable: String?

    @Option(name: .customLong("judge-timeout"), help: "Seconds for one attempt, of which there are two.")
    var timeout = 30.0

    func validate() throws {
        guard (judge == nil) == (judgeModel == nil), judge?.isEmpty != true, judgeModel?.isEmpty != true else {
            throw ValidationError("Name the judge's server with --judge and its model with --judge-model.")
        }
        guard timeout > 0, timeout <= 86_400 else {
            throw ValidationError("--judge-timeout is \(timeout); it must be more than 0 and at most 86400.")
        }
    }

    /// Nil where none is named.
    func made() throws -> (any Guardrails.Judge)? {
        guard let judge, let judgeModel else { return nil }
        var policy = ChatPolicy()
        (policy.attempts, policy.timeout) = (2, timeout)
        let endpoint = try ChatEndpoint(
            base: judge, model: judgeModel, key: keyVariable.map { .environment($0) } ?? .none)
        return EndpointJudge(client: ChatClient(endpoint: endpoint, policy: policy))
    }
}

/// A model behind an endpoint, asked whether a text violates a criterion.
struct EndpointJudge: Guardrails.Judge {
    let client: ChatClient

    func answer(_ text: String, criterion: String) async throws -> String {
        let question = JudgeQuestion(criterion: criterion)
        let request = ChatRequest(
            messages: [
                ChatMessage(.system, question.instructions), ChatMessage(.user, question.subject(text)),
            ], temperature: 0, maxTokens: 200)
        return try await client.complete(request).text
    }
}
