import Fingerpost

/// What fitting a retriever has come to.
public struct FittingReport: Sendable {
    /// What was learned, to be kept with ``GuidelineLibrary/setAdapter(_:)``; nil if it is no clear gain, and why.
    public var adapter: RetrieverAdapter?
    public var refusal: Refusal?
    /// Inputs that were learned from, that chose, and that checked.
    public var trainingCount: Int
    public var validationCount: Int
    public var testCount: Int
    /// Guidelines that some input names, and all active ones that were compared with.
    public var namedGuidelineCount: Int
    public var guidelineCount: Int
    /// Inputs that were there before, and inputs that were left out for want of their guidelines, with the ids that are not
    /// known.
    public var duplicateCount: Int
    public var leftOutCount: Int
    public var unknownGuidelines: [String]
    /// What the map began from.
    public var start: String
    /// The first is before anything was learned.
    public var epochs: [Epoch]
    /// The epoch that was taken, from 0.
    public var bestEpoch: Int
    /// How much of the way along the learned map was taken, and how much of their prominence guidelines lose.
    public var share: Float
    public var prominenceWeight: Float
    /// Held-out inputs of guidelines that were not learned from, of the others, and all together. A part without inputs is
    /// left out.
    public var parts: [Part]

    public struct Epoch: Sendable, Hashable {
        /// Nil before the first.
        public var loss: Double?
        /// nDCG@10 and recall@6 of the inputs that choose, by similarity alone.
        public var gain: Double
        public var recall: Double
    }

    /// What a search finds for held-out inputs, words and all, without the adapter and with it.
    public struct Part: Sendable, Hashable {
        public enum Kind: String, Sendable {
            case newGuidelines = "new_guidelines", knownGuidelines = "known_guidelines", all
        }

        public var kind: Kind
        public var gainBefore: Double
        public var gainAfter: Double
        public var recallBefore: Double
        public var recallAfter: Double
        /// Of nDCG@10.
        public var difference: PairedDifference
    }

    /// Why nothing is switched on.
    public enum Refusal: String, Sendable, Hashable {
        /// No adapter was better than none on the inputs that choose.
        case nothingLearned = "nothing_learned"
        /// The gain on held-out inputs may be chance.
        case noClearGain = "no_clear_gain"
        /// There is a gain for the guidelines learned from, at the cost of the others.
        case worseForNewGuidelines = "worse_for_new_guidelines"
    }
}

extension FittingReport.Refusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .nothingLearned: "nothing that was learned does better than the encoder alone"
        case .noClearGain: "the gain on held-out inputs may be chance: its 95% interval reaches down to zero"
        case .worseForNewGuidelines: "inputs of guidelines that were not learned from do worse"
        }
    }
}
