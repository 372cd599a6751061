import GuidelineStore

/// The guidelines that an input was given, and where they came from.
public struct Guidance: Sendable, Hashable {
    /// A guideline in the prompt.
    public struct Item: Sendable, Hashable {
        /// Nil for a guideline that was written for this input.
        public var id: String?
        public var version: Int?
        public var kind: Guideline.Kind
        public var risk: [String]
        public var title: String?
        public var text: String
        /// What it was ranked by; nil for one that applies to every input or was written for this one.
        public var score: Float?
        /// The passage that is nearest to the input, such as "text" or "example:2".
        public var via: String?

        public init(
            id: String? = nil, version: Int? = nil, kind: Guideline.Kind = .safety, risk: [String] = [],
            title: String? = nil, text: String, score: Float? = nil, via: String? = nil
        ) {
            self.id = id
            self.version = version
            self.kind = kind
            self.risk = risk
            self.title = title
            self.text = text
            self.score = score
            self.via = via
        }
    }

    /// A guideline that was found and is not in the prompt.
    public struct Dropped: Sendable, Hashable {
        public var id: String
        public var score: Float
        /// As `DroppedGuideline.Reason`, or "budget".
        public var reason: String

        public init(id: String, score: Float, reason: String) {
            self.id = id
            self.score = score
            self.reason = reason
        }
    }

    public enum Origin: Sendable, Hashable {
        /// A library, its version then, and the encoder that searched it.
        case library(id: String, version: Int, encoder: String, encoderSHA256: String)
        /// A model wrote them for this input.
        case written(model: String)
    }

    /// The block as it stands in the prompt; empty where no guideline applies.
    public var block: String
    public var items: [Item]
    public var dropped: [Dropped]
    public var origin: Origin
    /// What getting them took: requests and tokens where a model wrote them, time alone where a library has them.
    public var usage: ModelUsage

    public init(
        block: String, items: [Item], dropped: [Dropped] = [], origin: Origin, usage: ModelUsage = ModelUsage()
    ) {
        self.block = block
        self.items = items
        self.dropped = dropped
        self.origin = origin
        self.usage = usage
    }
}

/// What answers of a model have cost.
public struct ModelUsage: Sendable, Hashable {
    public var requests = 0
    public var promptTokens = 0
    public var completionTokens = 0
    /// From the sending of each request to its answer, summed. Not part of a row: it is never twice the same.
    public var seconds = 0.0

    public init() {}

    public init(_ answer: ChatAnswer) {
        requests = 1
        promptTokens = min(max(0, answer.promptTokens ?? 0), Self.most)
        completionTokens = min(max(0, answer.completionTokens ?? 0), Self.most)
        seconds = answer.seconds ?? 0
    }

    /// Numbers from outside: a sum out of range stays at the largest.
    private static let most = Int.max / 4

    public static func += (one: inout ModelUsage, other: ModelUsage) {
        one.requests += other.requests
        one.promptTokens = min(one.promptTokens + other.promptTokens, most)
        one.completionTokens = min(one.completionTokens + other.completionTokens, most)
        one.seconds += other.seconds
    }
}

/// Where the guidelines for inputs come from: a library, or a model that writes them for each.
public protocol GuidelineSource: Sendable {
    /// The guidance for each of the inputs, in their order, or why there is none.
    ///
    /// - Throws: What stands in the way of all of them, and `CancellationError`.
    func guidance(for inputs: [ResponseInput]) async throws -> [Result<Guidance, GuideAlignError>]
}
