/// How similar an input is to a guideline, from the cosine similarities of the guideline's passages.
///
/// An input looks like examples more than like advice, and a guideline is meant by all that it has together: the mean of
/// what it says and of its examples, these in turn the mean of the best one and of all, tells guidelines apart far better
/// than the best passage alone, which in every larger library some guideline has by chance. An input that all but repeats
/// an example is taken at its word.
struct Similarity {
    private var statement: Float?
    private var bestExample: Float?
    private var exampleSum: Float = 0
    private var exampleCount = 0

    /// What an input that repeats an example loses against the example's own similarity.
    private static let repetitionMargin: Float = 0.2

    mutating func add(_ score: Float, isExample: Bool) {
        guard isExample else {
            statement = score
            return
        }
        bestExample = max(bestExample ?? score, score)
        exampleSum += score
        exampleCount += 1
    }

    /// Nil where no passage has a vector.
    var value: Float? {
        guard let bestExample else { return statement }
        let examples = (bestExample + exampleSum / Float(exampleCount)) / 2
        return max(statement.map { ($0 + examples) / 2 } ?? examples, bestExample - Self.repetitionMargin)
    }
}
