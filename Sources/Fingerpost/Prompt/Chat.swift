import GuidelineStore

/// A conversation in OpenAI's format: a list of messages, or an object with such a list under `messages`. Whatever else is in
/// it is kept.
public struct Chat: Sendable, Hashable {
    private var document: JSONValue
    private var messages: [JSONValue]

    /// - Throws: ``FingerpostError/invalidChat(problem:_:)``: no list of messages, a message without a role, or none of the
    ///   user's with text.
    public init(_ document: JSONValue, file: String = "chat") throws(FingerpostError) {
        func fail(_ problem: String) -> FingerpostError {
            .invalidChat(problem: problem, InputLocation(file: file))
        }
        self.document = document
        switch document {
        case .array(let messages): self.messages = messages
        case .object(let members):
            guard case .array(let messages)? = members["messages"] else {
                throw fail("it has no list named \"messages\"")
            }
            self.messages = messages
        default: throw fail("it is neither a list of messages nor an object with one")
        }
        for (place, message) in messages.enumerated() where Self.role(of: message) == nil {
            throw fail("message \(place + 1) is no object with a \"role\"")
        }
        guard let text = messages.last(where: { Self.role(of: $0) == "user" }).flatMap(Self.text),
            text.contains(where: { !$0.isWhitespace })
        else { throw fail("it has no message of the role \"user\" with text") }
        lastUserText = text
    }

    /// What the user said last: the input that guidelines are looked for with. Parts that are no text are passed over.
    public private(set) var lastUserText: String

    /// The conversation with a text at the end of its first message, if that is the system's or the developer's, or else in a
    /// system message before it. The same conversation if the text is empty.
    public func adding(_ guidance: String) -> JSONValue {
        guard !guidance.isEmpty else { return document }
        var messages = messages
        if case .object(var first)? = messages.first, let role = Self.role(of: messages[0]),
            role == "system" || role == "developer"
        {
            switch first["content"] {
            case .string(let text)?:
                first["content"] = .string(text.isEmpty ? guidance : text + "\n\n" + guidance)
            case .array(let parts)?:
                first["content"] = .array(parts + [.object(["type": .string("text"), "text": .string(guidance)])])
            default: first["content"] = .string(guidance)
            }
            messages[0] = .object(first)
        } else {
            messages.insert(.object(["role": .string("system"), "content": .string(guidance)]), at: 0)
        }
        guard case .object(var members) = document else { return .array(messages) }
        members["messages"] = .array(messages)
        return .object(members)
    }

    private static func role(of message: JSONValue) -> String? {
        guard case .object(let members) = message, case .string(let role)? = members["role"] else { return nil }
        return role
    }

    private static func text(of message: JSONValue) -> String? {
        guard case .object(let members) = message else { return nil }
        switch members["content"] {
        case .string(let text)?: return text
        case .array(let parts)?:
            let texts = parts.compactMap { part -> String? in
                guard case .object(let members) = part, case .string(let text)? = members["text"] else { return nil }
                return text
            }
            return texts.joined(separator: "\n")
        default: return nil
        }
    }
}
