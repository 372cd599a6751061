// `vocab.txt` with `tokenizer_config.json`: what older BERT folders have instead of `tokenizer.json`. Read as
// `transformers.BertTokenizer` does.

extension WordPieceTokenizer.Configuration {
    /// - Parameters:
    ///   - bytes: one piece per line; the line number, from 0, is the id.
    ///   - settings: `tokenizer_config.json`, if there is one.
    ///   - specialTokens: `special_tokens_map.json`, if there is one; `settings` has precedence.
    init(
        vocabularyFile bytes: [UInt8], path: String, settings: JSONElement?, specialTokens: JSONElement?
    ) throws(EncoderError) {
        vocabulary = try Self.vocabulary(bytes, path: path)
        if let settings { try Self.requireSupported(settings) }

        func flag(_ name: String, default value: Bool) throws(EncoderError) -> Bool {
            try settings?.optional(name)?.boolean() ?? value
        }
        let lowercases = try flag("do_lower_case", default: true)
        normalizer = BertNormalizer(
            cleansText: true, separatesIdeographs: try flag("tokenize_chinese_chars", default: true),
            stripsAccents: try flag("strip_accents", default: lowercases), lowercases: lowercases)
        maximumCharacters = 100

        var added = try Self.addedTokens(settings)
        let vocabulary = vocabulary
        func special(_ field: String, default content: String) throws(EncoderError) -> Int32 {
            var element = try settings?.optional(field)
            if element == nil { element = try specialTokens?.optional(field) }
            var content = content
            if let element {
                content = try element.kind == .object ? element.required("content").string() : element.string()
            }
            if let known = added.first(where: { $0.content == content }) { return known.id }
            guard let id = vocabulary.id(of: content) else {
                throw EncoderError.invalidVocabulary(path: path, line: nil, reason: "has no line \(content)")
            }
            var token = WordPieceTokenizer.AddedToken(content: content, id: id)
            if let element, element.kind == .object {
                token = try Self.addedToken(element, id: Int(id))
                // Special tokens are never looked for in lower case.
                token.isNormalized = try element.optional("normalized")?.boolean() ?? false
            }
            added.append(token)
            return id
        }
        unknownID = try special("unk_token", default: "[UNK]")
        suffix = [try special("sep_token", default: "[SEP]")]
        _ = try special("pad_token", default: "[PAD]")
        prefix = [try special("cls_token", default: "[CLS]")]
        _ = try special("mask_token", default: "[MASK]")
        addedTokens = added
    }

    private static func vocabulary(_ bytes: [UInt8], path: String) throws(EncoderError) -> WordPieceVocabulary {
        var lines: [ArraySlice<UInt8>] = []
        var start = 0
        var position = 0
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            guard byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") else { continue }
            lines.append(bytes[start..<(position - 1)])
            if byte == UInt8(ascii: "\r"), position < bytes.count, bytes[position] == UInt8(ascii: "\n") {
                position += 1
            }
            start = position
        }
        if start < bytes.count { lines.append(bytes[start...]) }
        guard lines.count <= Int(Int32.max) else {
            throw EncoderError.invalidVocabulary(path: path, line: nil, reason: "has too many lines")
        }
        var vocabulary = WordPieceVocabulary(capacity: lines.count, continuationPrefix: "##")
        for (number, line) in lines.enumerated() {
            let isText = line.withUnsafeBufferPointer { line in
                guard UTF8Validation.firstFault(in: line) == nil else { return false }
                // As in the reference, the last of two equal lines counts.
                vocabulary.insert(line, id: Int32(truncatingIfNeeded: number))
                return true
            }
            if !isText { throw EncoderError.invalidVocabulary(path: path, line: number + 1, reason: "not UTF-8") }
        }
        return vocabulary
    }

    private static func requireSupported(_ settings: JSONElement) throws(EncoderError) {
        if let type = try settings.optional("tokenizer_class") {
            let known = [
                "BertTokenizer", "BertTokenizerFast", "DistilBertTokenizer", "DistilBertTokenizerFast",
                "PreTrainedTokenizerFast", "TokenizersBackend",
            ]
            if try !known.contains(type.string()) { throw type.unsupported() }
        }
        if let basic = try settings.optional("do_basic_tokenize"), try !basic.boolean() { throw basic.unsupported() }
        for name in ["never_split", "additional_special_tokens", "extra_special_tokens"] {
            guard let list = try settings.optional(name) else { continue }
            if list.kind == .object {
                try list.requireMembers(among: [])
            } else if try !list.elements().isEmpty {
                throw list.unsupported()
            }
        }
    }

    /// `added_tokens_decoder`: added tokens by id.
    private static func addedTokens(
        _ settings: JSONElement?
    ) throws(EncoderError) -> [WordPieceTokenizer.AddedToken] {
        guard let object = try settings?.optional("added_tokens_decoder") else { return [] }
        var tokens: [WordPieceTokenizer.AddedToken] = []
        try object.forEachMember { (name, value) throws(EncoderError) in
            let key = object.document.string(at: name)
            let element = JSONElement(document: object.document, index: value, field: "\(object.field).\(key)")
            guard let id = Int32(key), id >= 0 else { throw element.invalid("its name should be a token id") }
            tokens.append(try addedToken(element, id: Int(id)))
        }
        return tokens
    }
}
