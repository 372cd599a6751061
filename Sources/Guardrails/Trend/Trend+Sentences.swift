import Fingerpost
import GuidelineStore

extension ObservedRate {
    /// With one decimal; a dash where nothing was observed.
    package var perThousand: String { rate.map { Figure.decimal(1_000 * $0, 1) } ?? "–" }
}

extension TrendMark {
    /// What changed, in a sentence.
    public var text: String {
        let change = examples.first.map { "\($0.before) -> \($0.after)" } ?? ""
        switch kind {
        case .library:
            let name = release?.name.map { " \"\($0)\"" } ?? ""
            return "library version \(change)" + (release == nil ? "" : ", release\(name)")
        case .encoder: return "encoder \(change)"
        case .model: return "model \(change)"
        case .check: return "\(count == 1 ? "a check" : "\(count) checks") changed: \(list)"
        case .threshold:
            return
                "thresholds of \(count) rule\(count == 1 ? "" : "s") changed, \(raised) raised and \(lowered) lowered: "
                + list
        }
    }

    private var list: String {
        examples.map { "\($0.subject.map { "\($0) " } ?? "")\($0.before) -> \($0.after)" }.joined(separator: ", ")
            + (count > examples.count ? ", …" : "")
    }
}

extension TrendComparison {
    /// What may be said of the two periods, in a sentence or two.
    public func sentence(_ period: TrendOptions.Period) -> String {
        let (low, high) = (1_000 * difference.interval.lowerBound, 1_000 * difference.interval.upperBound)
        let names = [from, to].map { period.name(of: $0.beginning) }
        let fact =
            "From \(names[0]) to \(names[1]) interventions went from \(from.interventions.perThousand) to "
            + "\(to.interventions.perThousand) per 1,000 (\(Figure.decimal(1_000 * difference.value, 1)); "
            + "\(Figure.decimal(low, 1)) to \(Figure.decimal(high, 1)))."
        let changed = causes.map(\.rawValue).joined(separator: ", ")
        let reading =
            switch reading {
            case .chance: "That may be chance."
            case .texts: "Nothing else that the log knows of changed: people asked, or the model answered, otherwise."
            case .model: "The model changed, and nothing else that the log knows of."
            case .checks:
                "That says nothing of the model: what is checked changed too (\(changed)). Compare the canary set's figures."
            }
        return "\(fact) \(reading)"
    }
}
