import GuidelineStore

/// What is in a library, what it covers and how well it finds it: the figures of a page that is read before a release.
///
/// Made by ``GuidelineLibrary/report(queries:options:progress:)``. The same library and queries give the same report.
public struct LibraryReport: Sendable, Encodable {
    /// A name and how many there are of it.
    public struct Count: Sendable, Hashable, Encodable {
        public var name: String
        public var count: Int
    }

    /// Guidelines of a severity, by kind and by status.
    public struct SeverityRow: Sendable, Hashable, Encodable {
        public var severity: Guideline.Severity
        public var count: Int
        public var byKind: [Count]
        public var byStatus: [Count]
    }

    /// Guidelines that lie near each other, and what is known of them.
    public struct Theme: Sendable, Hashable, Encodable {
        /// From 1; the largest theme is the first.
        public var number: Int
        /// Words that set it apart from the others, the most telling first.
        public var words: [String]
        public var count: Int
        public var withExamples: Int
        public var withCounterexamples: Int
        public var withThreshold: Int
        public var withRisk: Int
        /// Nil without queries.
        public var coverage: Coverage?

        public var name: String { words.isEmpty ? "Theme \(number)" : words.joined(separator: ", ") }
    }

    /// How the queries whose positives lie in a theme fare.
    public struct Coverage: Sendable, Hashable, Encodable {
        public var queries: Int
        /// Mean recall of the theme's positives among the first six.
        public var recallAt6: Double
        /// Share of the queries for which nothing is returned.
        public var abstained: Double
    }

    /// A guideline on the map. Coordinates are in the plane in which the themes lie farthest apart.
    public struct Point: Sendable, Hashable, Encodable {
        public var id: String
        public var title: String
        public var theme: Int
        public var x: Double
        public var y: Double
    }

    public struct Rule: Sendable, Hashable, Encodable {
        public var id: String
        public var title: String
        /// Nil where the guideline has no vector that says anything.
        public var theme: Int?
        public var severity: Guideline.Severity
        public var status: Guideline.Status
        public var examples: Int
        public var threshold: Double?
        /// In how many queries' first six it is; nil without queries.
        public var retrieved: Int?
        /// Of those, how many it is no positive of.
        public var wronglyRetrieved: Int?
        /// The guideline that most often leads the wrong ones where this one is looked for.
        public var rival: String?
    }

    public var library: String
    public var libraryVersion: Int
    /// When guidelines last changed.
    public var lastChange: String
    public var encoder: String
    public var guidelineCount: Int
    public var exampleCount: Int
    public var passageCount: Int
    public var severities: [SeverityRow]
    public var kinds: [Count]
    public var statuses: [Count]
    public var authorities: [Count]
    public var risks: [Count]
    public var languages: [Count]
    public var tags: [Count]
    /// Of guidelines that have one, by tenths; the name is where the tenth begins.
    public var thresholds: [Count]
    public var withoutThreshold: Int
    /// Nil where the library has none.
    public var calibration: CalibrationFigures?
    public var themes: [Theme]
    /// Guidelines without a vector that says anything: no word of theirs is known to the encoder.
    public var withoutTheme: Int
    /// Evenly taken where there are more than ``Options/mapLimit``.
    public var map: [Point]
    /// The most severe first; cut off at ``Options/ruleLimit``.
    public var rules: [Rule]
    /// Nil without queries.
    public var evaluation: Curves?

    public struct Options: Sendable {
        /// Points on the map at most.
        public var mapLimit = 3_000
        /// Rules in the table at most.
        public var ruleLimit = 1_000
        /// As in ``RetrievalOptions/minimumScore``, for what is returned and what is abstained from.
        public var minimumScore: Float?
        /// Leaves positives that the library does not have out, instead of failing.
        public var allowsMissingPositives = false
        public var threads: Int?

        public init() {}
    }
}
