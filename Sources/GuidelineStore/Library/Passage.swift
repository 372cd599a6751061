/// The part of a guideline that a passage is.
public enum PassageField: String, Sendable, Hashable, Codable, CaseIterable {
    case title, text, example
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
    public var passageIDs: [Int64]
    /// As many as there are passages.
    public var guidelineRows: [Int64]
}

extension Guideline {
    /// The texts that stand for a guideline in the index, in their order.
    var passages: [(field: PassageField, ordinal: Int, text: String)] {
        var passages: [(field: PassageField, ordinal: Int, text: String)] = []
        if let title { passages.append((.title, 0, title)) }
        passages.append((.text, 0, text))
        for (ordinal, example) in examples.enumerated() { passages.append((.example, ordinal, example)) }
        return passages
    }
}
