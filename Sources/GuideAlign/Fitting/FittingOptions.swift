/// How a retriever is fitted.
public struct FittingOptions: Sendable, Hashable {
    /// The share of the inputs that the result is checked on, above 0 and below 0.4. As many again choose between epochs.
    public var holdout = 0.1
    /// The same seed gives the same adapter, to the last bit, on any number of threads.
    public var seed: UInt64 = 1
    /// Leaves inputs out whose guidelines the library does not have, however many they are.
    public var allowsMissingPositives = false
    /// Threads at most; nil for all there are.
    public var threads: Int?
    /// Inputs that are learned from at once: every one's guideline is a wrong answer for all others.
    public var batchSize = 1_024
    /// Wrong answers for each input beside those, drawn from the guidelines nearest to it.
    public var hardNegatives = 0
    /// Passes over the training inputs at most; nil for as many as their number calls for.
    public var epochs: Int?
    /// How sharply the best answer is told from others: cosines are divided by it.
    public var temperature: Float = 0.05
    /// The step of Adam at its largest.
    public var learningRate: Float = 0.001
    /// Guidelines as similar as this to the right one are no wrong answers.
    public var falseNegativeSimilarity: Float = 0.85

    public init() {}

    func validate() throws(GuideAlignError) {
        func check(_ name: String, _ value: some CustomStringConvertible, _ isRight: Bool, _ allowed: String)
            throws(GuideAlignError)
        {
            guard isRight else { throw .invalidOption(name: name, value: "\(value)", allowed: allowed) }
        }
        try check("holdout", holdout, holdout > 0 && holdout < 0.4, "more than 0 and less than 0.4")
        try check("batchSize", batchSize, (2...65_536).contains(batchSize), "from 2 to 65,536")
        try check("hardNegatives", hardNegatives, (0...16).contains(hardNegatives), "from 0 to 16")
        try check("epochs", epochs ?? 1, (1...1_000).contains(epochs ?? 1), "from 1 to 1,000")
        try check("temperature", temperature, temperature >= 0.03 && temperature <= 1, "from 0.03 to 1")
        try check("learningRate", learningRate, learningRate > 0 && learningRate <= 1, "more than 0 and 1 at most")
        try check(
            "falseNegativeSimilarity", falseNegativeSimilarity, falseNegativeSimilarity > 0, "more than 0")
    }
}
