import GuidelineStore

/// What people say about pairs of answers.
public struct HumanVerdicts: Sendable {
    /// By the id of the input.
    public var reviews: [String: [JudgedPair.Review]] = [:]

    /// Reads JSON Lines of `{"id","preferred","reviewer"}`, where the preferred side is one of the names or "tie". An
    /// input may have several lines, one of each reviewer.
    ///
    /// - Throws: ``GuidelineStoreError`` with the line at fault; a second verdict of the same reviewer is one.
    public init(_ source: InputSource, sides: ComparisonSides) throws {
        let reader = try JSONLinesReader(source)
        while let line = try reader.next() {
            let row = RowReader(members: line.members, location: line.location)
            let id = try row.text("id")
            let name = try row.text("preferred")
            guard let preference = sides.preference(name) else {
                throw GuidelineStoreError.invalidField(
                    "preferred", problem: "is \"\(name)\"; it must be \(sides.left), \(sides.right) or tie",
                    line.location)
            }
            let reviewer = try row.optionalText("reviewer")
            guard reviews[id]?.contains(where: { $0.reviewer == reviewer }) != true else {
                throw GuidelineStoreError.invalidField(
                    "reviewer",
                    problem: "has given a verdict on \"\(id)\" before; name different reviewers, or keep one verdict",
                    line.location)
            }
            reviews[id, default: []].append(JudgedPair.Review(preference: preference, reviewer: reviewer))
        }
        guard !reviews.isEmpty else {
            throw GuidelineStoreError.noRecords(
                path: source.name, hint: "a line holds a verdict, {\"id\",\"preferred\",\"reviewer\"}")
        }
    }

    /// The pairs that have a verdict, with it, in the order given.
    public func judge(_ pairs: [ComparisonPair]) -> [JudgedPair] {
        pairs.compactMap { pair in
            guard let reviews = reviews[pair.id] else { return nil }
            var judged = JudgedPair(pair)
            judged.reviews = reviews.sorted { ($0.reviewer ?? "") < ($1.reviewer ?? "") }
            return judged
        }
    }
}
