import Fingerpost

/// Something that is done to a library, written as one line of JSON.
enum LibraryOperation: Codable, Sendable {
    case add([Guideline])
    case remove([String])
    case rollback(Int)
    case restore(id: String, version: Int)
    case search(LibraryQuestion)
    case save
    /// The library is opened once more; the one before is closed, or left as it is.
    case reopen(closes: Bool)
}

/// What is asked of a library.
struct LibraryQuestion: Codable, Sendable {
    var text: String
    var limit: Int
    var method: RetrievalMethod
    /// In the language of filters.
    var filter: String?
    var minimumScore: Float?
    var isExact: Bool

    var options: RetrievalOptions {
        get throws {
            var options = RetrievalOptions(
                limit: limit, method: method, minimumScore: minimumScore, isExact: isExact)
            options.filter = try filter.map { try GuidelineFilter(parsing: $0) }
            return options
        }
    }
}

/// What an operation did.
struct LibraryOutcome: Codable, Sendable, Equatable {
    var added: [String] = []
    var updated: [String] = []
    var unchanged: [String] = []
    /// The ids that were not stored, and those that say the same.
    var duplicates: [String: String] = [:]
    var removed: [String] = []
    var restored: [String] = []
    /// After the operation.
    var libraryVersion = 0
    var failed = false
    var answer: LibraryAnswer?
}

/// The matches of a question.
struct LibraryAnswer: Codable, Sendable, Equatable {
    var ids: [String] = []
    var scores: [Float] = []

    init() {}

    init(_ matches: [GuidelineMatch]) {
        ids = matches.map(\.id)
        scores = matches.map(\.score)
    }
}
