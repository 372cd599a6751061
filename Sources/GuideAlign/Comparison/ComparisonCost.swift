/// What the answers of the two sides have cost, guidelines that were written for them included.
public struct ComparisonCost: Sendable, Hashable {
    public var left = ModelUsage()
    public var right = ModelUsage()

    public init() {}

    public mutating func add(
        left row: AnsweredInput, _ side: AnsweredInput.Side, right other: AnsweredInput, _ otherSide: AnsweredInput.Side
    ) {
        left += Self.usage(row, side)
        right += Self.usage(other, otherSide)
    }

    /// How many times the tokens of the right side those of the left side are; nil where there are none to compare with.
    public var tokenRatio: Double? {
        let (one, other) = (left.promptTokens + left.completionTokens, right.promptTokens + right.completionTokens)
        return one > 0 && other > 0 ? Double(one) / Double(other) : nil
    }

    private static func usage(_ row: AnsweredInput, _ side: AnsweredInput.Side) -> ModelUsage {
        var usage = row.answer(side).map { ModelUsage($0) } ?? ModelUsage()
        if side == .guided { usage += row.guidance.usage }
        return usage
    }
}
