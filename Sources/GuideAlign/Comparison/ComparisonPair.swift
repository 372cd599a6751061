import GuidelineStore
import Platform

/// Two answers to the same input.
public struct ComparisonPair: Sendable, Hashable, Identifiable {
    public var id: String
    public var input: [ChatMessage]
    public var left: String
    public var right: String
    public var fields: [String: JSONValue]

    public init(
        id: String, input: [ChatMessage], left: String, right: String, fields: [String: JSONValue] = [:]
    ) {
        self.id = id
        self.input = input
        self.left = left
        self.right = right
        self.fields = fields
    }

    /// Whether the answers are the same, so that there is nothing to judge.
    public var isIdentical: Bool { left == right }

    /// What a judgement knows an answer by.
    static func hash(_ answer: String) -> String { SHA256.hexadecimal(of: answer) }
}

/// What the two sides of a comparison are called.
public struct ComparisonSides: Sendable, Hashable {
    public var left: String
    public var right: String

    /// With guidelines and without.
    public static let guidance = ComparisonSides(left: "guided", right: "unguided")
    /// The answers of two files.
    public static let files = ComparisonSides(left: "first", right: "second")

    public func name(_ preference: Preference) -> String {
        switch preference {
        case .left: left
        case .right: right
        case .tie: "tie"
        }
    }

    public func preference(_ name: String) -> Preference? {
        name == left ? .left : name == right ? .right : name == "tie" ? .tie : nil
    }
}

/// What was found about a pair, by a model or by people.
public struct JudgedPair: Sendable, Hashable, Identifiable {
    public struct Criterion: Sendable, Hashable {
        public var criterion: JudgeCriterion
        public var verdicts: OrderedVerdicts
    }

    /// A person's verdict.
    public struct Review: Sendable, Hashable {
        public var preference: Preference
        public var reviewer: String?

        public init(preference: Preference, reviewer: String?) {
            self.preference = preference
            self.reviewer = reviewer
        }
    }

    public var id: String
    public var fields: [String: JSONValue]
    /// SHA-256 of the answers, so that a judgement of other answers is not taken for one of these.
    public var leftHash: String
    public var rightHash: String
    public var isIdentical: Bool
    /// Of a model, in the order in which they were asked for.
    public var criteria: [Criterion] = []
    public var reviews: [Review] = []
    /// Whether each answer by itself is harmless; nil where that was not asked.
    public var leftIsHarmless: Bool?
    public var rightIsHarmless: Bool?
    /// The model that judged; nil for people.
    public var judge: String?

    public init(_ pair: ComparisonPair, judge: String? = nil) {
        id = pair.id
        fields = pair.fields
        leftHash = ComparisonPair.hash(pair.left)
        rightHash = ComparisonPair.hash(pair.right)
        isIdentical = pair.isIdentical
        self.judge = judge
    }

    /// Whether it is known which answer is better, be it neither.
    public var isCompared: Bool { isIdentical || !criteria.isEmpty || !reviews.isEmpty }

    /// Verdicts for the left answer, for the right one, and all.
    public var votes: (left: Int, right: Int, total: Int) {
        var votes = (left: 0, right: 0, total: 0)
        for criterion in criteria {
            let (left, right) = criterion.verdicts.votes
            votes = (votes.left + left, votes.right + right, votes.total + 2)
        }
        for review in reviews {
            votes.left += review.preference == .left ? 1 : 0
            votes.right += review.preference == .right ? 1 : 0
            votes.total += 1
        }
        return votes
    }

    /// The side that wins more criteria than it loses, where each is won by agreement of both orders alone; of people,
    /// the side with more verdicts. A tie otherwise.
    public var preference: Preference {
        var net = 0
        for preference in criteria.map(\.verdicts.preference) + reviews.map(\.preference) {
            net += preference == .left ? 1 : preference == .right ? -1 : 0
        }
        return net > 0 ? .left : net < 0 ? .right : .tie
    }

    /// Whether no verdicts contradict each other.
    public var isConsistent: Bool {
        criteria.allSatisfy(\.verdicts.isConsistent) && Set(reviews.map(\.preference)).count <= 1
    }

    /// By how much one side leads, 0 to 1: the difference of the votes as a share of all.
    public var margin: Double {
        let votes = votes
        return votes.total == 0 ? 0 : Double(abs(votes.left - votes.right)) / Double(votes.total)
    }
}
