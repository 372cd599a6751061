import GuidelineStore

/// How gaps are looked for.
public struct GapOptions: Sendable, Hashable {
    /// Which inputs are looked at.
    public enum Scope: String, Sendable, Hashable, CaseIterable {
        /// All of them. An input that a neighbouring guideline takes for its own hides a gap; so every cluster is judged by
        /// how well the library covers it, whatever matched.
        case all
        /// Those that no guideline reaches its threshold for.
        case unmatched
    }

    public var scope = Scope.all
    /// How many gaps are told, the largest first.
    public var limit = 10
    /// Inputs that a gap has at least.
    public var minimumVolume = 5
    /// How many clusters the inputs are put in; nil for half the square root of the distinct inputs, or a sixtieth of them
    /// where that is more, 300 at most.
    public var clusterCount: Int?
    /// Examples of each gap at most.
    public var exampleCount = 5
    /// Whether each gap lists all of its inputs.
    public var listsMembers = false
    /// Guidelines that are looked at; nil for all active ones.
    public var filter: GuidelineFilter?
    /// The evidence from which guidelines without a threshold of their own count, in the place of what the library has
    /// learned; see ``Calibration``.
    public var minimumScore: Float?
    /// Everyday inputs that need no guideline. With forty or more of them, inputs that look like them count less; a library
    /// that is calibrated knows some itself.
    public var benign: [String] = []
    /// Distinct inputs by which clusters are found; all others are put in them one by one.
    public var sampleSize = 100_000
    /// Clusters are begun by chance. The same seed gives the same gaps.
    public var seed: UInt64 = 1
    /// Threads at most; nil for all there are. The result does not depend on it.
    public var threads: Int?

    public init() {}

    func validate() throws(GuardrailsError) {
        for (name, value) in [
            ("limit", limit), ("minimumVolume", minimumVolume), ("sampleSize", sampleSize),
            ("clusterCount", clusterCount ?? 1), ("threads", threads ?? 1),
        ] where value < 1 {
            throw .invalidOption(name: name, value: "\(value)", allowed: "1 or more")
        }
        guard exampleCount >= 0 else {
            throw .invalidOption(name: "exampleCount", value: "\(exampleCount)", allowed: "0 or more")
        }
        if let minimumScore, !minimumScore.isFinite {
            throw .invalidOption(name: "minimumScore", value: "\(minimumScore)", allowed: "a finite number")
        }
    }

    /// How many clusters so many distinct inputs are put in.
    func clusters(of count: Int) -> Int {
        let wanted = clusterCount ?? min(300, max(Int(Double(count).squareRoot() / 2), count / 60))
        return max(1, min(wanted, count))
    }
}

/// How far the search for gaps is.
public struct GapProgress: Sendable, Hashable {
    public enum Stage: String, Sendable { case reading, comparing, clustering }

    public var stage: Stage
    public var completed: Int
    public var total: Int?

    public init(stage: Stage, completed: Int, total: Int? = nil) {
        (self.stage, self.completed, self.total) = (stage, completed, total)
    }
}
