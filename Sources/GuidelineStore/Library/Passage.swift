/// The part of a guideline that a passage is.
public enum PassageField: String, Sendable, Hashable, Codable, CaseIterable {
    /// What the guideline says: its title, its condition and its text, one after the other.
    case text
    case example
}

/// A passage that an index has found, with the guideline that it stands for.
public struct PassageMatch: Sendable, Hashable {
    public var passageID: Int64
    /// Identifies the guideline in this library as long as it exists; never used again.
    public var guidelineRow: Int64
    public var field: PassageField
    /// Which example it is, from 0; 0 for a title and a text.
    public var ordinal: Int
    public var text: String
    public var guideline: Guideline
}

/// A passage that has no vector yet.
public struct PendingPassage: Sendable, Hashable, Identifiable {
    public var id: Int64
    public var text: String
}

/// Which guideline each passage belongs to, in the order of the passages' ids.
public struct PassageMap: Sendable, Hashable {
    /// The library's generation at which this was true.
    public var generation: Int
    /// See ``LibraryDatabase/libraryVersion``.
    public var libraryVersion: Int
    public var passageIDs: [Int64]
    /// As many as there are passages.
    public var guidelineRows: [Int64]
    /// Whether each passage is an example; the others are what a guideline says.
    public var areExamples: [Bool]
}

extension Guideline {
    /// How passages are made of guidelines. Raised whenever that changes, so that libraries of before are made anew.
    static let passageScheme = 2

    /// The texts that stand for a guideline in the index, in their order.
    var passages: [(field: PassageField, ordinal: Int, text: String)] {
        [(.text, 0, statement)] + examples.enumerated().map { (.example, $0.offset, $0.element) }
    }

    /// What the guideline says as one text: its title, when it applies, and what to do.
    ///
    /// Encoded together they find more than each by itself. A condition that stands in the text is not repeated.
    public var statement: String {
        var before: [String] = []
        if let title { before.append(title) }
        if let condition, !text.lowercased().contains(condition.lowercased()) { before.append(condition) }
        return before.map { $0 + ($0.last?.isPunctuation == true ? " " : ". ") }.joined() + text
    }
}
