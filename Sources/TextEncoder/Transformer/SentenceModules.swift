/// What stands around the network in a sentence-transformers folder: where the network is, how token vectors become
/// one vector, and how long a text may be. A folder without these files gets the defaults of that library.
struct SentenceModules: Sendable {
    enum Pooling: String, Sendable {
        case mean
        /// The vector of the first token.
        case cls
    }

    /// The folder of the network itself.
    var network: ModelFolder
    var pooling = Pooling.mean
    /// `max_seq_length` of `sentence_bert_config.json`.
    var maximumLength: Int?
    /// Whether that file wants lower case whatever the tokenizer does.
    var lowercases: JSONElement?

    /// - Throws: `unsupportedField` for modules and settings that change vectors in ways we do not follow.
    init(_ folder: ModelFolder) throws(EncoderError) {
        network = folder
        if let modules = try folder.jsonIfPresent("modules.json") {
            for (position, module) in try modules.elements().enumerated() {
                try apply(module, position: position, folder)
            }
        }
        if let settings = try network.jsonIfPresent("sentence_bert_config.json") {
            maximumLength = try settings.optional("max_seq_length")?.integer(in: 1...Int.max)
            if let lower = try settings.optional("do_lower_case"), try lower.boolean() { lowercases = lower }
        }
        if let settings = try folder.jsonIfPresent("config_sentence_transformers.json"),
            let name = try settings.optional("default_prompt_name")
        {
            let prompt = try settings.optional("prompts")?.optional(name.string())?.string() ?? ""
            if !prompt.isEmpty { throw name.unsupported() }
        }
    }

    private mutating func apply(_ module: JSONElement, position: Int, _ folder: ModelFolder) throws(EncoderError) {
        let type = try module.required("type")
        let path = try module.member("path")?.string() ?? ""
        // The library has moved its classes about; their own names have stayed.
        switch try type.string().split(separator: ".").last ?? "" {
        case "Transformer" where position == 0:
            if !path.isEmpty, path != "." { network = ModelFolder(path: folder.path(of: path)) }
        case "Pooling" where position == 1:
            pooling = try Self.pooling(folder.json("\(path)/config.json"))
        case "Normalize" where position > 1:
            break  // Our vectors have length 1 in any case.
        default:
            throw type.unsupported()
        }
    }

    private static func pooling(_ config: JSONElement) throws(EncoderError) -> Pooling {
        if let mode = try config.optional("pooling_mode") {
            guard mode.kind != .array else { throw mode.unsupported() }
            switch try mode.string() {
            case "mean", "mean_sqrt_len_tokens": return .mean
            case "cls": return .cls
            default: throw mode.unsupported()
            }
        }
        var found: Pooling?
        try config.forEachMember { (key, value) throws(EncoderError) in
            let field = config.document.string(at: key)
            let element = JSONElement(document: config.document, index: value, field: field)
            guard field.hasPrefix("pooling_mode_"), try element.boolean() else { return }
            // Two at once would be two vectors, end to end.
            guard found == nil else { throw element.unsupported() }
            switch field {
            // Dividing by the root of the length instead of the length gives the same direction.
            case "pooling_mode_mean_tokens", "pooling_mode_mean_sqrt_len_tokens": found = .mean
            case "pooling_mode_cls_token": found = .cls
            default: throw element.unsupported()
            }
        }
        guard let found else { throw config.invalid("names no way of pooling") }
        return found
    }
}
