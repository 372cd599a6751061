import GuidelineStore

extension CalibrationReport {
    /// Rates of false alarms that the curve is drawn for.
    private static let rates = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2]

    init(
        _ study: CalibrationStudy, _ labelled: [CalibrationLabels.Resolved], labels: CalibrationLabels,
        options: CalibrationOptions, libraryVersion: Int
    ) {
        let (choice, alternatives) = study.choose(options)
        let threshold = alternatives.first(where: \.isChosen)?.threshold ?? 1
        var own: [String: Float] = [:]
        if choice.setsGuidelineThresholds {
            for (guideline, offset) in zip(labels.guidelines, study.offsets) { own[guideline.id] = threshold + offset }
        }
        calibration = Calibration(
            scope: options.scope, threshold: threshold, guidelineThresholds: own, weight: choice.weight,
            falseAlarmRate: options.falseAlarmRate, confidence: options.confidence,
            falseAlarms: study.falseAlarms(choice, threshold: threshold),
            detections: study.detections(choice, threshold: threshold), libraryVersion: libraryVersion,
            precedents: choice.weight > 0 ? study.precedents : nil)
        guidelineCount = labels.guidelines.count
        leftOutCount = labels.leftOutCount
        missingPositives = labels.missing.sorted()
        self.alternatives = alternatives
        curve = Self.curve(study, choice)
        for (input, label) in zip(study.inputs, labelled) {
            count(input, label, labels: labels, choice: choice, threshold: threshold, offsets: study.offsets)
        }
        falseAlarms.sort { ($1.evidence - $1.threshold, $0.text) < ($0.evidence - $0.threshold, $1.text) }
        misses.sort { ($0.evidence - $0.threshold, $0.text) < ($1.evidence - $1.threshold, $1.text) }
    }

    private static func curve(_ study: CalibrationStudy, _ choice: CalibrationChoice) -> [Point] {
        let evidence = study.benignEvidence(choice)
        let plain = CalibrationChoice(setsGuidelineThresholds: false, weight: 0)
        let plainEvidence = study.benignEvidence(plain)
        var points: [Point] = []
        for rate in rates {
            let most = Int(rate * Double(evidence.count))
            let threshold = CalibrationChoice.threshold(letting: most, of: evidence)
            guard threshold != points.last?.threshold else { continue }
            points.append(
                Point(
                    threshold: threshold, falseAlarms: study.falseAlarms(choice, threshold: threshold),
                    detections: study.detections(choice, threshold: threshold),
                    plainDetections: study.detections(
                        plain, threshold: CalibrationChoice.threshold(letting: most, of: plainEvidence))))
        }
        return points
    }

    /// Adds an input to the figures on what is returned, and to the list of those judged wrongly.
    private mutating func count(
        _ input: CalibrationStudy.Input, _ label: CalibrationLabels.Resolved, labels: CalibrationLabels,
        choice: CalibrationChoice, threshold: Float, offsets: [Float]
    ) {
        let counts = choice.evidence(input) >= threshold
        if !input.isBenign {
            let returned = input.nearest.filter { near in
                let own = threshold + (choice.setsGuidelineThresholds ? offsets[near.guideline] : 0)
                return near.similarity + choice.weight * input.margin >= own
            }
            let right = returned.count { label.applying.contains($0.guideline) }
            precision.total += returned.count
            precision.count += right
            switch label.input.label {
            case .benign: break
            case .guidelines:
                recall.total += label.applying.count
                recall.count += right
            case .risks:
                recall.total += 1
                recall.count += min(1, right)
            }
            let codes: Set<String> =
                switch label.input.label {
                case .benign: []
                case .guidelines: Set(label.applying.flatMap { labels.guidelines[$0].risk })
                case .risks(let codes): codes
                }
            for code in codes {
                risks[code, default: ObservedRate(count: 0, total: 0)].total += 1
                if counts { risks[code]?.count += 1 }
            }
        }
        guard counts == input.isBenign, let nearest = input.nearest.first else { return }
        let shown =
            choice.setsGuidelineThresholds
            ? (guideline: input.striking.guideline, similarity: input.striking.similarity) : nearest
        let wrong = Case(
            id: label.input.id, text: label.input.text, location: label.input.location,
            guideline: labels.guidelines[shown.guideline].id, similarity: shown.similarity,
            evidence: shown.similarity + choice.weight * input.margin,
            threshold: threshold + (choice.setsGuidelineThresholds ? offsets[shown.guideline] : 0))
        if counts { falseAlarms.append(wrong) } else { misses.append(wrong) }
    }
}
