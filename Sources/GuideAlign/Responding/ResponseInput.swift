import GuidelineStore

/// An input that a model is to answer.
public struct ResponseInput: Sendable, Hashable, Identifiable {
    public var id: String
    /// The conversation, up to and with what the user said last.
    public var messages: [ChatMessage]
    /// What else is known of the input, such as a risk or a type. It goes with the answer.
    public var fields: [String: JSONValue]
    /// Where it was read.
    public var location: InputLocation?

    public init(
        id: String, messages: [ChatMessage], fields: [String: JSONValue] = [:], location: InputLocation? = nil
    ) {
        self.id = id
        self.messages = messages
        self.fields = fields
        self.location = location
    }

    public init(id: String, text: String) { self.init(id: id, messages: [ChatMessage(.user, text)]) }

    /// What guidelines are looked for with: what the user said last.
    public var query: String { messages.last { $0.role == .user }?.content ?? "" }
}

extension ResponseInput {
    private static let texts = ["text", "query", "prompt", "messages"]

    /// Reads a line of `{"id"}` and one of `"text"`, `"query"`, `"prompt"` and `"messages"`, each a text or a list of
    /// `{"role","content"}` that ends with what the user said.
    ///
    /// - Parameter number: stands for an id where the line has none.
    /// - Throws: ``GuidelineStoreError`` with the line and the field at fault.
    public init(_ line: JSONLine, number: Int) throws(GuidelineStoreError) {
        var fields = line.members
        let id: String
        switch fields.removeValue(forKey: "id") ?? .null {
        case .string(let text): id = text
        case .integer(let value): id = String(value)
        case .null: id = String(number)
        case let value:
            throw .invalidField("id", problem: "must be text, not \(value.typeName)", line.location)
        }
        let given = Self.texts.filter { fields[$0].map { $0 != .null } ?? false }
        guard let name = given.first else {
            throw .invalidField("text", problem: "is missing; give \"text\" or \"messages\"", line.location)
        }
        guard given.count == 1 else {
            throw .invalidField(given[1], problem: "is a second input beside \"\(name)\"; give one", line.location)
        }
        let value = fields.removeValue(forKey: name) ?? .null
        let messages: [ChatMessage]
        if case .string(let text) = value {
            messages = [ChatMessage(.user, text)]
        } else {
            messages = try [ChatMessage](json: value, field: name, at: line.location)
        }
        guard let last = messages.last, last.role == .user else {
            throw .invalidField(name, problem: "must end with a message of the user's", line.location)
        }
        guard last.content.contains(where: { !$0.isWhitespace }) else {
            throw .emptyText(field: name, line.location)
        }
        self.init(id: id, messages: messages, fields: fields, location: line.location)
    }

    /// Reads the inputs of several sources, in their order. An input without an id has its number, over all sources, for
    /// one.
    ///
    /// - Throws: ``GuidelineStoreError`` with the line at fault; an id that comes twice is one, and a source without
    ///   any input.
    public static func read(from sources: [InputSource]) throws -> [ResponseInput] {
        var inputs: [ResponseInput] = []
        var places: [String: Int] = [:]
        for source in sources {
            let reader = try JSONLinesReader(source)
            let before = inputs.count
            while let line = try reader.next() {
                let input = try ResponseInput(line, number: inputs.count + 1)
                if let first = places.updateValue(inputs.count, forKey: input.id) {
                    throw GuidelineStoreError.duplicateID(
                        input.id, first: inputs[first].location, second: input.location)
                }
                inputs.append(input)
            }
            guard inputs.count > before else {
                throw GuidelineStoreError.noRecords(
                    path: source.name, hint: "a line holds an input, {\"id\",\"text\"} or {\"id\",\"messages\"}")
            }
        }
        return inputs
    }
}

extension [ChatMessage] {
    /// Reads a list of `{"role","content"}`. A developer's messages are the system's; of a list of parts the texts count.
    ///
    /// - Throws: ``GuidelineStoreError``: another role, or a content that is no text.
    package init(json: JSONValue, field: String, at location: InputLocation?) throws(GuidelineStoreError) {
        guard case .array(let list) = json else {
            throw .invalidField(field, problem: "must be text or a list of messages, not \(json.typeName)", location)
        }
        self = []
        for (place, item) in list.enumerated() {
            func fail(_ problem: String) -> GuidelineStoreError {
                .invalidField(field, problem: "message \(place + 1) \(problem)", location)
            }
            guard case .object(let members) = item, case .string(let name)? = members["role"] else {
                throw fail("is no object with a \"role\"")
            }
            guard let role = ChatMessage.Role(rawValue: name == "developer" ? "system" : name) else {
                throw fail("has the role \"\(name)\"; system, user and assistant are understood")
            }
            switch members["content"] {
            case .string(let text)?: append(ChatMessage(role, text))
            case .array(let parts)?:
                var texts: [String] = []
                for part in parts {
                    guard case .object(let members) = part, case .string(let text)? = members["text"] else {
                        throw fail("has a part that is no text")
                    }
                    texts.append(text)
                }
                append(ChatMessage(role, texts.joined(separator: "\n")))
            default: throw fail("has no text")
            }
        }
    }

    package var json: JSONValue {
        .array(map { .object(["role": .string($0.role.rawValue), "content": .string($0.content)]) })
    }

    /// The conversation with a text at the end of its first message, if that is the system's, or else in a system message
    /// before it. The same conversation if the text is empty.
    public func adding(guidance: String) -> [ChatMessage] {
        guard !guidance.isEmpty else { return self }
        guard let first, first.role == .system else { return [ChatMessage(.system, guidance)] + self }
        let content = first.content.isEmpty ? guidance : first.content + "\n\n" + guidance
        return [ChatMessage(.system, content)] + dropFirst()
    }
}
