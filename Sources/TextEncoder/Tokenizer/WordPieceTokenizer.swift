/// Text to token ids, the same ids as the Hugging Face `tokenizers` library gives for the same `tokenizer.json`.
///
/// What is supported is the family of BERT: `BertNormalizer`, `BertPreTokenizer`, `WordPiece`, added tokens, and a
/// `TemplateProcessing` or `BertProcessing` that puts special tokens around one text. A file that asks for anything
/// else is refused by name. Padding settings have no meaning here: ids are never padded.
///
/// Tokenizing is one pass over the UTF-8 bytes, O(bytes); a text is read no further than the wanted number of tokens
/// calls for.
public struct WordPieceTokenizer: Sendable {
    /// What a tokenizer file says, in our terms.
    struct Configuration: Sendable {
        var vocabulary: WordPieceVocabulary
        var unknownID: Int32
        var maximumCharacters: Int
        var normalizer: BertNormalizer
        var addedTokens: [AddedToken]
        /// Special tokens before and after a text.
        var prefix: [Int32] = []
        var suffix: [Int32] = []
        var maximumTokenCount: Int?
    }

    struct AddedToken: Sendable {
        var content: String
        var id: Int32
        var stripsLeft = false
        var stripsRight = false
        /// Looked for in the normalized text, in its own normalized form.
        var isNormalized = false
    }

    /// Longest word that a file may ask for: scratch memory is taken from the stack.
    static let largestMaximumCharacters = 4096

    let vocabulary: WordPieceVocabulary
    private let maximumCharacters: Int
    let normalizer: BertNormalizer
    private let addedTokens: [AddedToken]
    private let literalTokens: AddedTokens
    private let normalizedTokens: AddedTokens
    private let prefix: [Int32]
    private let suffix: [Int32]

    /// The token for words that the vocabulary cannot spell.
    public let unknownTokenID: Int32
    /// Number of different tokens, added ones included.
    public let tokenCount: Int
    /// Largest id that can come out.
    public let maximumTokenID: Int32
    /// The truncation that the file asks for, special tokens included; nil where it asks for none.
    public let maximumTokenCount: Int?
    /// Tokens put around every text.
    public var specialTokenCount: Int { prefix.count + suffix.count }

    init(_ configuration: Configuration) {
        vocabulary = configuration.vocabulary
        unknownTokenID = configuration.unknownID
        maximumCharacters = configuration.maximumCharacters
        normalizer = configuration.normalizer
        prefix = configuration.prefix
        suffix = configuration.suffix
        maximumTokenCount = configuration.maximumTokenCount
        addedTokens = configuration.addedTokens
        var literal: [AddedTokens.Token] = []
        var normalized: [AddedTokens.Token] = []
        var maximumID = configuration.vocabulary.maximumID
        var count = configuration.vocabulary.count
        for token in configuration.addedTokens {
            var content = Array(token.content.utf8)
            if token.isNormalized { content = content.withUnsafeBufferPointer(configuration.normalizer.normalized) }
            maximumID = max(maximumID, token.id)
            if configuration.vocabulary.id(of: token.content) == nil { count += 1 }
            guard !content.isEmpty else { continue }
            let added = AddedTokens.Token(
                content: content, id: token.id, stripsLeft: token.stripsLeft, stripsRight: token.stripsRight)
            if token.isNormalized { normalized.append(added) } else { literal.append(added) }
        }
        literalTokens = AddedTokens(literal)
        normalizedTokens = AddedTokens(normalized)
        maximumTokenID = max(maximumID, (prefix + suffix).max() ?? 0)
        tokenCount = count
    }

    /// The median over all tokens of the number of Unicode scalars in them, rounded down.
    var medianTokenLength: Int {
        var lengths: [Int] = []
        vocabulary.forEachPiece { _, scalarCount in lengths.append(scalarCount) }
        for token in addedTokens where vocabulary.id(of: token.content) == nil {
            lengths.append(token.content.unicodeScalars.count)
        }
        lengths.sort()
        let middle = lengths.count / 2
        if lengths.isEmpty { return 0 }
        return lengths.count % 2 == 1 ? lengths[middle] : (lengths[middle - 1] + lengths[middle]) / 2
    }

    /// The token ids of one text.
    ///
    /// - Parameters:
    ///   - addingSpecialTokens: puts the tokens around the text that the file asks for ([CLS] and [SEP]).
    ///   - maximumCount: cuts the end of the text off so that no more ids come out, special tokens included (those
    ///     stay in any case). Nil means what the file asks for.
    public func encode(
        _ text: String, addingSpecialTokens: Bool = true, maximumCount: Int? = nil
    ) -> [Int32] {
        var ids: [Int32] = []
        append(
            text, addingSpecialTokens: addingSpecialTokens,
            maximumCount: maximumCount ?? maximumTokenCount ?? .max, to: &ids)
        return ids
    }

    /// Appends the token ids of one text to `ids`.
    func append(_ text: String, addingSpecialTokens: Bool, maximumCount: Int, to ids: inout [Int32]) {
        var text = text
        text.withUTF8 { append($0, addingSpecialTokens: addingSpecialTokens, maximumCount: maximumCount, to: &ids) }
    }

    /// As for strings. `text` is well-formed UTF-8.
    func append(
        _ text: UnsafeBufferPointer<UInt8>, addingSpecialTokens: Bool, maximumCount: Int, to ids: inout [Int32]
    ) {
        if addingSpecialTokens { ids += prefix }
        let room = max(0, addingSpecialTokens ? maximumCount - specialTokenCount : maximumCount)
        let limit = ids.count.addingReportingOverflow(room)
        vocabulary.withTable { table in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: maximumCharacters * 4) { word in
                withUnsafeTemporaryAllocation(of: UInt64.self, capacity: table.longest + 1) { hashes in
                    var splitter = WordSplitter(
                        table: table, unknownID: unknownTokenID, maximumCharacters: maximumCharacters,
                        limit: limit.overflow ? .max : limit.partialValue, ids: ids,
                        scratch: .init(word: word, hashes: hashes))
                    // The splitter alone may hold the array now, or each append would copy it.
                    ids = []
                    append(text, to: &splitter)
                    ids = splitter.takeIDs()
                }
            }
        }
        if addingSpecialTokens { ids += suffix }
    }

    private func append(_ text: UnsafeBufferPointer<UInt8>, to splitter: inout WordSplitter) {
        literalTokens.split(
            text, isDone: { splitter.isFull },
            text: { part in
                if normalizedTokens.isEmpty {
                    normalizer.normalize(part, into: &splitter)
                    splitter.endWord()
                } else {
                    appendNormalized(part, to: &splitter)
                }
            },
            token: { splitter.append(id: $0) })
    }

    /// With tokens to be found in the normalized text, that text must be written out first.
    @inline(never)
    private func appendNormalized(_ text: UnsafeBufferPointer<UInt8>, to splitter: inout WordSplitter) {
        normalizer.normalized(text).withUnsafeBufferPointer { normalized in
            normalizedTokens.split(
                normalized, isDone: { splitter.isFull },
                text: { part in
                    BertNormalizer.identity.normalize(part, into: &splitter)
                    splitter.endWord()
                },
                token: { splitter.append(id: $0) })
        }
    }
}
