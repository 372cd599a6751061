import Foundation
import Platform

/// One turn of a chat.
public struct ChatMessage: Sendable, Hashable, Codable {
    public enum Role: String, Sendable, Hashable, Codable { case system, user, assistant }
    public var role: Role
    public var content: String

    public init(_ role: Role, _ content: String) {
        self.role = role
        self.content = content
    }
}

/// What a model is asked, with all that decides its answer except the model.
public struct ChatRequest: Sendable, Hashable {
    public var messages: [ChatMessage]
    public var temperature: Double?
    /// The longest answer, in tokens.
    public var maxTokens: Int?
    public var seed: Int?
    public var stop: [String]
    /// Which of several answers to the same question this one is to be. It is not sent: it tells requests apart that
    /// are asked more than once on purpose.
    public var sample: Int

    public init(
        messages: [ChatMessage], temperature: Double? = nil, maxTokens: Int? = nil, seed: Int? = nil,
        stop: [String] = [], sample: Int = 0
    ) {
        self.messages = messages
        self.temperature = temperature
        self.maxTokens = maxTokens
        self.seed = seed
        self.stop = stop
        self.sample = sample
    }

    struct Body: Codable {
        var model: String
        var messages: [ChatMessage]
        var temperature: Double?
        var max_tokens: Int?
        var seed: Int?
        var stop: [String]?
    }

    /// The body that is sent: JSON with its members sorted, so that equal requests are equal bytes.
    func body(model: String) throws(GuideAlignError) -> Data {
        guard !messages.isEmpty else { throw .invalidRequest(field: "messages", problem: "are empty") }
        if let temperature, !(0...2 ~= temperature) {
            throw .invalidRequest(field: "temperature", problem: "is not between 0 and 2")
        }
        if let maxTokens, maxTokens < 1 { throw .invalidRequest(field: "maxTokens", problem: "is less than 1") }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let body = Body(
            model: model, messages: messages, temperature: temperature, max_tokens: maxTokens, seed: seed,
            stop: stop.isEmpty ? nil : stop)
        do { return try encoder.encode(body) } catch {
            throw .invalidRequest(field: "messages", problem: "cannot be written as JSON")
        }
    }

    /// The SHA-256 of the body, and of ``sample`` unless it is 0: what an ``AnswerJournal`` keeps the answer under. Linear
    /// in the length of the request.
    public func key(model: String) throws(GuideAlignError) -> String { key(of: try body(model: model)) }

    func key(of body: Data) -> String {
        var hash = SHA256()
        body.withUnsafeBytes { hash.update($0) }
        // A zero byte stands in no JSON, so no body ends as this does.
        if sample != 0 { hash.update("\0\(sample)") }
        return SHA256.hexadecimal(hash.finalize())
    }
}

/// What a model answered.
public struct ChatAnswer: Sendable, Hashable, Codable {
    public var text: String
    /// As the server gave it: "stop", "length" for an answer that was cut off.
    public var finishReason: String?
    public var promptTokens: Int?
    public var completionTokens: Int?
    /// How long the attempt took that brought the answer.
    public var seconds: Double?

    public init(
        text: String, finishReason: String? = nil, promptTokens: Int? = nil, completionTokens: Int? = nil,
        seconds: Double? = nil
    ) {
        self.seconds = seconds
        self.text = text
        self.finishReason = finishReason
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
    }

    private struct Completion: Decodable {
        struct Choice: Decodable {
            struct Message: Decodable {
                var content: String?
                /// Where OpenAI puts the words of a model that declines.
                var refusal: String?
            }
            var message: Message
            var finish_reason: String?
        }
        struct Usage: Decodable {
            var prompt_tokens: Int?
            var completion_tokens: Int?
        }
        var choices: [Choice]
        var usage: Usage?
    }

    init(body: Data, host: String) throws(GuideAlignError) {
        guard let completion = try? JSONDecoder().decode(Completion.self, from: body) else {
            throw .malformedAnswer(host: host, problem: "the body is not the JSON of one")
        }
        guard let choice = completion.choices.first else {
            throw .malformedAnswer(host: host, problem: "it holds no choices")
        }
        guard let text = choice.message.content ?? choice.message.refusal else {
            throw .malformedAnswer(host: host, problem: "the message has no text")
        }
        self.init(
            text: text, finishReason: choice.finish_reason, promptTokens: completion.usage?.prompt_tokens,
            completionTokens: completion.usage?.completion_tokens)
        guard (promptTokens ?? 0) >= 0, (completionTokens ?? 0) >= 0 else {
            throw .malformedAnswer(host: host, problem: "it counts fewer tokens than none")
        }
    }
}
