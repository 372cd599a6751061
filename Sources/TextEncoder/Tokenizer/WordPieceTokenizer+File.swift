// `tokenizer.json`, as the `tokenizers` library writes it.

extension WordPieceTokenizer.Configuration {
    /// - Throws: `EncoderError`: what cannot be read is `invalidField`, what would have to be ignored is
    ///   `unsupportedField`.
    init(tokenizerFile root: JSONElement) throws(EncoderError) {
        try root.requireMembers(among: [
            "version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor",
            "decoder", "model",
        ])
        let model = try root.required("model")
        try model.requireType("WordPiece")
        try model.requireMembers(among: [
            "type", "unk_token", "continuing_subword_prefix", "max_input_chars_per_word", "vocab",
        ])
        vocabulary = try Self.vocabulary(
            model.required("vocab"), prefix: model.optional("continuing_subword_prefix")?.string() ?? "##")
        let unknown = try model.optional("unk_token")?.string() ?? "[UNK]"
        guard let unknownID = vocabulary.id(of: unknown) else {
            throw EncoderError.invalidVocabulary(
                path: root.document.path, line: nil, reason: "has no entry for the unknown token \(unknown)")
        }
        self.unknownID = unknownID
        maximumCharacters =
            try model.optional("max_input_chars_per_word")?
            .integer(in: 1...WordPieceTokenizer.largestMaximumCharacters) ?? 100

        normalizer = try Self.normalizer(root.optional("normalizer"))
        let preTokenizer = try root.required("pre_tokenizer")
        try preTokenizer.requireType("BertPreTokenizer")
        try preTokenizer.requireMembers(among: ["type"])
        addedTokens = try Self.addedTokens(root.optional("added_tokens"), vocabulary: vocabulary)
        maximumTokenCount = try Self.truncation(root.optional("truncation"))
        (prefix, suffix) = try Self.postProcessor(root.optional("post_processor"))
        if let maximumTokenCount, maximumTokenCount <= prefix.count + suffix.count {
            throw try root.required("truncation").required("max_length").invalid("leaves no room for a text")
        }
    }

    private static func vocabulary(_ object: JSONElement, prefix: String) throws(EncoderError) -> WordPieceVocabulary {
        let document = object.document
        if object.kind == .table {
            do throws(WordPieceVocabulary.Duplicate) {
                return try WordPieceVocabulary(document, continuationPrefix: prefix)
            } catch {
                throw object.invalid("has the piece \(error.piece) twice")
            }
        }
        var count = 0
        try object.forEachMember { (_, _) throws(EncoderError) in count += 1 }
        var vocabulary = WordPieceVocabulary(capacity: count, continuationPrefix: prefix)
        try object.forEachMember { (name, value) throws(EncoderError) in
            guard let id = document.integer(at: value), let id = Int32(exactly: id), id >= 0 else {
                throw JSONElement(
                    document: document, index: value, field: "\(object.field).\(document.string(at: name))"
                ).invalid("should be a token id, a whole number from 0")
            }
            if document.withString(at: name, { vocabulary.insert($0, id: id) }) != nil {
                throw object.invalid("has the piece \(document.string(at: name)) twice")
            }
        }
        return vocabulary
    }

    private static func normalizer(_ element: JSONElement?) throws(EncoderError) -> BertNormalizer {
        guard let element else { return .identity }
        try element.requireType("BertNormalizer")
        try element.requireMembers(among: [
            "type", "clean_text", "handle_chinese_chars", "strip_accents", "lowercase",
        ])
        let lowercases = try element.required("lowercase").boolean()
        return BertNormalizer(
            cleansText: try element.required("clean_text").boolean(),
            separatesIdeographs: try element.required("handle_chinese_chars").boolean(),
            // Null means: where the case goes, accents go too.
            stripsAccents: try element.optional("strip_accents")?.boolean() ?? lowercases,
            lowercases: lowercases)
    }

    private static func addedTokens(
        _ element: JSONElement?, vocabulary: WordPieceVocabulary
    ) throws(EncoderError) -> [WordPieceTokenizer.AddedToken] {
        var tokens: [WordPieceTokenizer.AddedToken] = []
        var newIDs: [String: Int32] = [:]
        for entry in try element?.elements() ?? [] {
            let token = try addedToken(entry, id: entry.required("id").integer(in: 0...Int(Int32.max)))
            // The library counts new ids up from the size of the vocabulary, whatever the file says.
            let size = Int32(clamping: vocabulary.count)
            let id =
                vocabulary.id(of: token.content) ?? newIDs[token.content]
                ?? max(size, (newIDs.values.max() ?? -1) &+ 1)
            guard id == token.id else {
                throw try entry.required("id").invalid("should be \(id) for the token \(token.content)")
            }
            if vocabulary.id(of: token.content) == nil { newIDs[token.content] = id }
            tokens.append(token)
        }
        return tokens
    }

    /// One added token; `single_word` would need the tables of a regular-expression engine and is refused.
    static func addedToken(_ entry: JSONElement, id: Int) throws(EncoderError) -> WordPieceTokenizer.AddedToken {
        try entry.requireMembers(among: [
            "id", "content", "single_word", "lstrip", "rstrip", "normalized", "special", "__type",
        ])
        if let singleWord = try entry.optional("single_word"), try singleWord.boolean() {
            throw singleWord.unsupported()
        }
        let content = try entry.required("content")
        var token = WordPieceTokenizer.AddedToken(content: try content.string(), id: Int32(clamping: id))
        token.stripsLeft = try entry.optional("lstrip")?.boolean() ?? false
        token.stripsRight = try entry.optional("rstrip")?.boolean() ?? false
        let isSpecial = try entry.optional("special")?.boolean() ?? false
        token.isNormalized = try entry.optional("normalized")?.boolean() ?? !isSpecial
        let scalars = token.content.unicodeScalars
        guard let first = scalars.first, let last = scalars.last else { throw content.invalid("is empty") }
        // Such a token could begin inside the white space that the one before it takes away.
        if [first, last].contains(where: { UnicodeTable.shared[$0.value].contains(.whitespace) }) {
            throw content.unsupported()
        }
        return token
    }

    private static func truncation(_ element: JSONElement?) throws(EncoderError) -> Int? {
        guard let element else { return nil }
        try element.requireMembers(among: ["direction", "max_length", "strategy", "stride"])
        if let direction = try element.optional("direction"), try direction.string() != "Right" {
            throw direction.unsupported()
        }
        if let strategy = try element.optional("strategy"),
            try !["LongestFirst", "OnlyFirst"].contains(strategy.string())
        {
            throw strategy.unsupported()
        }
        // The stride is about the parts cut off, which nobody asks for.
        return try element.required("max_length").integer(in: 1...Int.max)
    }

    private static func postProcessor(
        _ element: JSONElement?
    ) throws(EncoderError) -> (prefix: [Int32], suffix: [Int32]) {
        guard let element else { return ([], []) }
        let type = try element.required("type")
        switch try type.string() {
        case "BertProcessing":
            try element.requireMembers(among: ["type", "sep", "cls"])
            func id(_ name: String) throws(EncoderError) -> Int32 {
                let pair = try element.required(name).elements()
                guard pair.count == 2 else { throw try element.required(name).invalid("should be a token and its id") }
                return Int32(clamping: try pair[1].integer(in: 0...Int(Int32.max)))
            }
            return ([try id("cls")], [try id("sep")])
        case "TemplateProcessing":
            try element.requireMembers(among: ["type", "single", "pair", "special_tokens"])
            return try template(element.required("single"), specialTokens: element.required("special_tokens"))
        default:
            throw type.unsupported()
        }
    }

    private static func template(
        _ single: JSONElement, specialTokens: JSONElement
    ) throws(EncoderError) -> (prefix: [Int32], suffix: [Int32]) {
        var prefix: [Int32] = []
        var suffix: [Int32] = []
        var sawText = false
        for piece in try single.elements() {
            try piece.requireMembers(among: ["SpecialToken", "Sequence"])
            let sequence = try piece.optional("Sequence")
            let content: JSONElement
            if let sequence { content = sequence } else { content = try piece.required("SpecialToken") }
            let typeID = try content.required("type_id")
            if try typeID.integer(in: 0...Int(Int32.max)) != 0 { throw typeID.unsupported() }
            let name = try content.required("id")
            if sequence != nil {
                guard try name.string() == "A", !sawText else { throw name.unsupported() }
                sawText = true
            } else {
                let token = try specialTokens.required(name.string())
                let ids = try token.required("ids").elements()
                    .map { element throws(EncoderError) in Int32(clamping: try element.integer(in: 0...Int(Int32.max)))
                    }
                if sawText { suffix += ids } else { prefix += ids }
            }
        }
        guard sawText else { throw single.invalid("has no place for the text") }
        return (prefix, suffix)
    }
}

extension JSONElement {
    /// - Throws: `unsupportedField` unless the member `field` is `name`.
    @inline(never)
    func requireType(_ name: String, field: String = "type") throws(EncoderError) {
        let type = try required(field)
        guard try type.string() == name else { throw type.unsupported() }
    }
}
