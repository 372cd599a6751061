import GuidelineStore

/// Reads pairs of answers out of one file of answers, or two.
public struct PairReader: Sendable {
    public let sides: ComparisonSides
    private let answers: RowFile
    private let other: (rows: RowFile, places: [String: Int])?
    private let side: AnsweredInput.Side

    /// Inputs of which there is no pair: an answer is missing, or the other file has no such input.
    public private(set) var unpaired = 0
    public private(set) var cost = ComparisonCost()
    private var next = 0
    private var seen: [String: Int] = [:]

    /// - Parameters:
    ///   - answers: the path of a file of ``AnsweredInput``.
    ///   - other: nil to compare the guided answers with the unguided ones; or another such file, to compare the answers of
    ///     the one with those of the other.
    ///   - side: which answers are taken where there are two files.
    /// - Throws: ``GuidelineStoreError`` with the line at fault.
    public init(answers: String, other: String? = nil, side: AnsweredInput.Side = .guided) throws {
        self.answers = try RowFile(path: answers)
        self.side = side
        sides = other == nil ? .guidance : .files
        self.other = try other.map { path in
            let rows = try RowFile(path: path)
            var places: [String: Int] = [:]
            for index in 0..<rows.count {
                let line = try rows.line(index)
                let row = try AnsweredInput(line)
                if let first = places.updateValue(index, forKey: row.id) {
                    throw GuidelineStoreError.duplicateID(
                        row.id, first: try rows.line(first).location, second: line.location)
                }
            }
            return (rows, places)
        }
    }

    /// Rows of the first file.
    public var count: Int { answers.count }

    /// At most so many more pairs; empty at the end.
    ///
    /// - Throws: ``GuidelineStoreError`` with the line at fault; an id that comes twice is one, and an id that stands for
    ///   another input in the other file.
    public mutating func pairs(_ limit: Int) throws -> [ComparisonPair] {
        var pairs: [ComparisonPair] = []
        while pairs.count < limit, next < answers.count {
            let line = try answers.line(next)
            let row = try AnsweredInput(line)
            if let first = seen.updateValue(next, forKey: row.id) {
                throw GuidelineStoreError.duplicateID(
                    row.id, first: try answers.line(first).location, second: line.location)
            }
            next += 1
            guard let other = try otherRow(of: row, at: line.location) else {
                unpaired += 1
                continue
            }
            let (leftSide, rightSide): (AnsweredInput.Side, AnsweredInput.Side) =
                self.other == nil ? (.guided, .unguided) : (side, side)
            guard let left = row.answer(leftSide), let right = other.answer(rightSide) else {
                unpaired += 1
                continue
            }
            cost.add(left: row, leftSide, right: other, rightSide)
            pairs.append(
                ComparisonPair(id: row.id, input: row.input, left: left.text, right: right.text, fields: row.fields))
        }
        return pairs
    }

    private func otherRow(of row: AnsweredInput, at location: InputLocation) throws -> AnsweredInput? {
        guard let other else { return row }
        guard let place = other.places[row.id] else { return nil }
        let found = try AnsweredInput(try other.rows.line(place))
        guard found.input == row.input else {
            throw GuidelineStoreError.invalidField(
                "id", problem: "\"\(row.id)\" stands for another input in \(other.rows.name)", location)
        }
        return found
    }
}
