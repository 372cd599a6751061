/// Says how many tokens a text has for the model that a prompt is for.
public struct TokenCounter: Sendable {
    /// What reports call it.
    public var name: String
    private let body: @Sendable (String) -> Int

    /// A counter of the model's own tokenizer, say.
    public init(name: String, _ count: @escaping @Sendable (String) -> Int) {
        self.name = name
        body = count
    }

    public func count(_ text: String) -> Int { body(text) }

    /// A token for each four bytes of UTF-8, and one for what is left: near to what byte-pair tokenizers make of English, and
    /// on the safe side for most other languages. Bring the model's own where the budget is tight.
    public static let estimate = TokenCounter(name: "estimate (4 bytes a token)") { ($0.utf8.count + 3) / 4 }
}
