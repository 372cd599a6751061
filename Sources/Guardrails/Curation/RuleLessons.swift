import Fingerpost
import GuidelineStore

/// What reviews say of rules.
struct RuleLessons {
    let library: GuidelineLibrary
    let options: Curation.Options

    /// A text that does, or does not, belong to a rule.
    private struct Claim {
        var text: String
        var applies: Bool
        var traces: [CurationTrace]
    }

    /// A score that a rule had for a text of which it is known whether the rule applies.
    private struct Scored {
        var score: Double
        var applies: Bool
        var trace: CurationTrace
    }

    func add(_ reviewed: [ReviewedDecision], to lessons: inout CuratedLessons) throws {
        // By rule and normalised text; several reviews of one text are one claim, or a conflict.
        var claims: [String: [String: [Claim]]] = [:]
        var scores: [String: [Scored]] = [:]
        var labels: [String: (text: String, decision: String, applies: Set<String>, isKnown: Bool)] = [:]
        for decision in reviewed where decision.first.rail == .input {
            if decision.text == nil { lessons.withoutTextCount += 1 }
            if decision.isSensitive { lessons.sensitiveCount += 1 }
            for (rule, applies) in verdicts(decision, &lessons) {
                addScore(decision, rule, applies, &scores, &lessons)
                guard let text = decision.text, !decision.isSensitive else { continue }
                let key = Self.normalized(text)
                claims[rule, default: [:]][key, default: []].append(
                    Claim(text: text, applies: applies, traces: [decision.trace]))
                var label = labels[key] ?? (text, decision.first.decision.id, [], false)
                if applies { label.applies.insert(rule) }
                label.isKnown = label.isKnown || applies
                labels[key] = label
            }
            if decision.review == .falseAlarm, let text = decision.text, !decision.isSensitive {
                let key = Self.normalized(text)
                labels[key] = labels[key] ?? (text, decision.first.decision.id, [], false)
            }
        }
        for rule in claims.keys.sorted() {
            guard let guideline = try library.guideline(id: rule) else {
                lessons.plan.unknownRules.append(rule)
                continue
            }
            try addTexts(claims[rule] ?? [:], guideline, &lessons)
        }
        for rule in scores.keys.sorted() {
            guard let guideline = try library.guideline(id: rule) else { continue }
            if let edit = threshold(scores[rule] ?? [], guideline) { lessons.plan.edits.append(edit) }
        }
        let conflicts = Set(lessons.plan.conflicts.map { Self.normalized($0.text) })
        lessons.labels = labels.filter { !conflicts.contains($0.key) }.sorted { $0.key < $1.key }.map { _, label in
            CuratedLessons.LabelledText(
                decision: label.decision, text: label.text, positives: label.applies.sorted())
        }
    }

    /// Which rules apply to a decision's text, and which do not, as far as notes say so.
    private func verdicts(
        _ decision: ReviewedDecision, _ lessons: inout CuratedLessons
    ) -> [(rule: String, applies: Bool)] {
        var verdicts: [(rule: String, applies: Bool)] = []
        for note in decision.notes {
            switch note.review {
            case .right?:
                let matched = decision.records.filter { !$0.isShadow }.flatMap(\.matched).map(\.id)
                verdicts += (note.rule.map { [$0] } ?? matched).map { ($0, true) }
            case .falseAlarm?:
                if let rule = note.rule ?? decision.bestMatch?.id { verdicts.append((rule, false)) }
            case .missed?:
                if let rule = note.rule { verdicts.append((rule, true)) } else { lessons.uncoveredCount += 1 }
            case nil: break
            }
        }
        return verdicts
    }

    // MARK: Texts

    private func addTexts(
        _ claims: [String: [Claim]], _ guideline: Guideline, _ lessons: inout CuratedLessons
    ) throws {
        let known = guideline.examples + guideline.counterexamples + [guideline.text]
        let knownKeys = Set(known.map(Self.normalized))
        var vectors: [(applies: Bool, vector: [Float])] = try guideline.examples.map { (true, try encode($0)) }
        vectors += try guideline.counterexamples.map { (false, try encode($0)) }
        for key in claims.keys.sorted() {
            let all = claims[key] ?? []
            guard let first = all.first else { continue }
            let traces = all.flatMap(\.traces)
            guard all.allSatisfy({ $0.applies == first.applies }) else {
                lessons.plan.conflicts.append(
                    CurationPlan.Conflict(rule: guideline.id, text: first.text, traces: traces))
                continue
            }
            let vector = try encode(first.text)
            let isNear = vectors.contains {
                $0.applies == first.applies && Self.dot($0.vector, vector) >= options.likeness
            }
            guard !knownKeys.contains(key), !isNear else {
                lessons.knownCount += 1
                continue
            }
            vectors.append((first.applies, vector))
            lessons.plan.edits.append(
                CurationPlan.Edit(
                    rule: guideline.id, version: guideline.version,
                    change: first.applies ? .example(first.text) : .counterexample(first.text), traces: traces,
                    reason: first.applies
                        ? "reviewed: the rule applies to it" : "reviewed: a false alarm of the rule"))
        }
    }

    private func encode(_ text: String) throws -> [Float] { try library.encoder.encode(text) }

    private static func dot(_ one: [Float], _ other: [Float]) -> Float {
        zip(one, other).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// Texts that differ in case and white space alone are the same.
    static func normalized(_ text: String) -> String {
        text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    // MARK: Thresholds

    private func addScore(
        _ decision: ReviewedDecision, _ rule: String, _ applies: Bool, _ scores: inout [String: [Scored]],
        _ lessons: inout CuratedLessons
    ) {
        for record in decision.records where record.check.kind == "semantic" {
            let matched = record.matched.first { $0.id == rule }
            let dropped = record.dropped.first { $0.id == rule && $0.reason == "below_threshold" }
            guard let score = matched?.score ?? dropped?.score else { continue }
            // A threshold of a rule's own is held against the similarity alone.
            guard record.scoring?.contains("shift-") != true else {
                lessons.calibratedScoreCount += 1
                return
            }
            scores[rule, default: []].append(Scored(score: score, applies: applies, trace: decision.trace))
            return
        }
    }

    /// The lowest threshold by which, of what the rule would still match among its reviews, few enough are false alarms: it
    /// loses the fewest that are right. It lies at a score that was reviewed as right, so it is no looser than reviews say.
    private func threshold(_ scored: [Scored], _ guideline: Guideline) -> CurationPlan.Edit? {
        guard scored.count >= options.minimumReviews else { return nil }
        let cuts = Set(scored.filter(\.applies).map { ($0.score * 1_000).rounded(.down) / 1_000 }).sorted()
        for cut in cuts {
            let kept = scored.filter { $0.score >= cut }
            let wrong = kept.count { !$0.applies }
            guard Double(wrong) <= options.maximumFalseAlarms * Double(kept.count) else { continue }
            if let own = guideline.threshold, abs(own - cut) < 0.0005 { return nil }
            // Without false alarms a rule's lowest right score is no reason to leave the line that all rules have.
            guard scored.contains(where: { !$0.applies }) || guideline.threshold.map({ $0 > cut }) ?? false else {
                return nil
            }
            let right = scored.count(where: \.applies)
            let rate = ObservedRate(count: wrong, total: kept.count)
            let high = (rate.interval.upperBound * 100).rounded() / 100
            return CurationPlan.Edit(
                rule: guideline.id, version: guideline.version, change: .threshold(cut, from: guideline.threshold),
                traces: scored.map(\.trace),
                reason:
                    "\(scored.count) reviews: of \(kept.count) from there on \(wrong) are false alarms (at most \(high) "
                    + "of them, with 95% confidence), and \(kept.count - wrong) of \(right) right ones are kept")
        }
        return nil
    }
}
