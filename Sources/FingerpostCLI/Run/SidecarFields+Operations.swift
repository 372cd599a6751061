import Fingerpost
import GuidelineStore

extension SidecarFields {
    /// Which guidelines count, and how they are looked for: the options of `search` in camel case.
    mutating func retrievalOptions() throws -> RetrievalOptions {
        var options = RetrievalOptions()
        options.limit = try wholeNumber("k", in: 1...Int.max) ?? options.limit
        options.minimumScore = try realNumber("minScore").map { Float($0) }
        options.filter = try optionalText("filter").map { try GuidelineFilter(parsing: $0) }
        options.always = try word("always")
        let alike = try realNumber("diverse", in: 0...1)
        let weight = try realNumber("mmr", in: 0...1)
        guard alike == nil || weight == nil else { throw invalid("mmr", "and \"diverse\" exclude each other") }
        options.diversity = alike.map(Diversity.fuzzy) ?? weight.map { .marginalRelevance(weight: $0) }
        options.usesThresholds = !(try flag("ignoreThresholds"))
        options.usesCalibration = !(try flag("noCalibration"))
        options.method = try word("method") ?? options.method
        options.isExact = try flag("exact")
        options.efSearch = try wholeNumber("efSearch", in: 1...65_536)
        options.explains = try flag("explain")
        return options
    }

    /// An input or a conversation.
    mutating func promptInput() throws -> SidecarRequest.Input {
        guard let messages = take("messages") else { return .text(try text("query")) }
        guard take("query") == nil else { throw invalid("messages", "and \"query\" exclude each other") }
        guard case .array = messages else { throw invalid("messages", "must be a list, not \(messages.typeName)") }
        return .chat(try Chat(messages, file: place.description))
    }

    /// A text, empty or not: nothing is against an empty one.
    mutating func check() throws -> SidecarRequest.CheckRequest {
        guard let text = try optionalText("text") else { throw invalid("text", "is missing") }
        var request = SidecarRequest.CheckRequest(text: text, rail: try word("rail") ?? .input)
        if let milliseconds = try realNumber("deadline", in: 0...3_600_000) {
            guard milliseconds > 0 else { throw invalid("deadline", "must be above 0, in milliseconds") }
            request.deadline = .microseconds(Int64((milliseconds * 1_000).rounded(.up)))
        }
        request.model = try optionalText("model")
        request.conversation = try optionalText("conversation")
        return request
    }

    mutating func composer() throws -> PromptComposer {
        var composer = PromptComposer(budget: try wholeNumber("budget", in: 1...Int.max))
        if let template = try optionalText("template") {
            composer.template = try PromptTemplate(template, file: place.description)
        }
        return composer
    }

    /// Records as a corpus has them.
    mutating func guidelines() throws -> [Guideline] {
        guard let value = take("guidelines") else { throw invalid("guidelines", "is missing") }
        guard case .array(let records) = value, !records.isEmpty else {
            throw invalid("guidelines", "must be a list of at least one guideline")
        }
        return try records.enumerated().map { index, record in
            let place = InputLocation(file: place.file, line: place.line, record: index + 1)
            return try Guideline(json: record, at: place).validated(at: place)
        }
    }

    mutating func ids() throws -> [String] {
        guard let value = take("ids") else { throw invalid("ids", "is missing") }
        guard case .array(let items) = value, !items.isEmpty else {
            throw invalid("ids", "must be a list of at least one id")
        }
        return try items.map { item in
            guard case .string(let id) = item else { throw invalid("ids", "holds \(item.typeName); ids are texts") }
            return id
        }
    }
}
