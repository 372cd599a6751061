import ArgumentParser
import Foundation
import GuideAlign

/// Which model answers, where, and what that may cost.
struct EndpointOptions: ParsableArguments {
    @Option(help: "Address of an OpenAI-compatible server, such as http://localhost:11434/v1.")
    var endpoint: String

    @Option(help: "Name of the model there.")
    var model: String

    @Option(name: .customLong("key-variable"), help: "Environment variable that holds the key.")
    var keyVariable: String?

    @Option(
        name: .customLong("key-file"),
        help: "File with the header to send, one line such as \"Authorization: Bearer ...\".", completion: .file())
    var keyFile: String?

    @Flag(help: "Send requests, and the key, unencrypted to another machine.")
    var allowHTTP = false

    @Option(help: "Requests under way at once.")
    var concurrency = 4

    @Option(help: "Times a request is sent at most.")
    var attempts = 5

    @Option(help: "Seconds for one attempt.")
    var timeout = 120.0

    @Option(name: .customLong("request-budget"), help: "Requests to send at most.")
    var requestBudget: Int?

    @Option(name: .customLong("token-budget"), help: "Tokens to spend at most, of prompts and answers together.")
    var tokenBudget: Int?

    @Option(name: .customLong("price"), help: "Price of a million tokens of prompts and of answers, such as 0.15/0.60.")
    var price: PriceArgument?

    @Option(help: "Temperature of the answers, 0 to 2.")
    var temperature: Double?

    @Option(help: "Seed that is sent with each request.")
    var seed: Int?

    @Option(
        help: "File that keeps the answers as they come; a second run asks only for what it lacks.", completion: .file()
    )
    var journal: String?

    func validate() throws {
        try Check.range("--concurrency", concurrency, 1...256)
        try Check.range("--attempts", attempts, 1...100)
        guard timeout > 0, timeout <= 86_400 else {
            throw ValidationError("--timeout is \(timeout); it must be more than 0 and at most 86400.")
        }
        if let requestBudget { try Check.limit("--request-budget", requestBudget) }
        if let tokenBudget { try Check.limit("--token-budget", tokenBudget) }
        if let temperature, !(0...2 ~= temperature) {
            throw ValidationError("--temperature is \(temperature); it must be from 0 to 2.")
        }
        guard keyVariable == nil || keyFile == nil else {
            throw ValidationError("--key-variable and --key-file are two keys; give one.")
        }
    }

    /// The client that the arguments describe.
    func client() throws -> ChatClient {
        let key: ChatEndpoint.KeySource =
            keyVariable.map { .environment($0) } ?? keyFile.map { .headerFile($0) } ?? .none
        var policy = ChatPolicy()
        policy.concurrency = concurrency
        policy.attempts = attempts
        policy.timeout = timeout
        policy.requestBudget = requestBudget
        policy.tokenBudget = tokenBudget
        if let price {
            policy.pricePerMillionPromptTokens = price.prompt
            policy.pricePerMillionCompletionTokens = price.completion
        }
        return ChatClient(
            endpoint: try ChatEndpoint(base: endpoint, model: model, key: key, allowsPlainHTTP: allowHTTP),
            policy: policy)
    }

    /// A run over many requests, whose answers are kept beside `output` unless a journal is named.
    func batch(output: String?) throws -> BatchRun {
        guard let path = journal ?? output.map({ $0 + ".answers" }) else {
            throw ValidationError("--journal is needed where the output is not a file.")
        }
        return BatchRun(client: try client(), journal: try AnswerJournal(path: path))
    }
}

/// Two prices with a slash between them.
struct PriceArgument: ExpressibleByArgument {
    let prompt: Double
    let completion: Double

    init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let prompt = Double(parts[0]),
            let completion = Double(parts[parts.count - 1]),
            prompt >= 0, completion >= 0, prompt.isFinite, completion.isFinite
        else { return nil }
        self.prompt = prompt
        self.completion = completion
    }
}
