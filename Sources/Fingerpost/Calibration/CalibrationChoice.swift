/// One way to draw the line, and what it comes to on inputs that it has not learned from.
struct CalibrationChoice: Sendable {
    let setsGuidelineThresholds: Bool
    /// Of the margins; see ``Calibration/weight``.
    let weight: Float

    /// What margins may be worth: they are densities, and a similarity is one vote of many.
    static let weights: [Float] = [0, 0.5, 1, 2, 4]

    /// The evidence for the guideline that has the most for its threshold, where all thresholds were the same but for the
    /// guideline's own offset.
    func evidence(_ input: CalibrationStudy.Input) -> Float {
        (setsGuidelineThresholds ? input.striking.excess : input.best) + weight * input.margin
    }

    /// The lowest threshold by which at most `most` of the inputs with this evidence count.
    ///
    /// - Parameter descending: from high to low.
    static func threshold(letting most: Int, of descending: [Float]) -> Float {
        guard most < descending.count else { return -1 }
        let highest = descending[most]
        guard highest > -.infinity else { return -1 }
        // Four decimals say enough, and can be written down.
        let rounded = ((highest.nextUp * 10_000).rounded(.up)) / 10_000
        return rounded > highest ? rounded : rounded + 0.0001
    }
}

extension CalibrationStudy {
    /// Evidence of the benign inputs, from high to low.
    func benignEvidence(_ choice: CalibrationChoice) -> [Float] {
        inputs.lazy.filter(\.isBenign).map(choice.evidence).sorted(by: >)
    }

    /// How many inputs to which something applies reach a threshold.
    func detections(_ choice: CalibrationChoice, threshold: Float) -> ObservedRate {
        rate(where: { !$0.isBenign }, choice, threshold)
    }

    func falseAlarms(_ choice: CalibrationChoice, threshold: Float) -> ObservedRate {
        rate(where: \.isBenign, choice, threshold)
    }

    private func rate(
        where isCounted: (Input) -> Bool, _ choice: CalibrationChoice, _ threshold: Float
    ) -> ObservedRate {
        var rate = ObservedRate(count: 0, total: 0)
        for input in inputs where isCounted(input) {
            rate.total += 1
            if choice.evidence(input) >= threshold { rate.count += 1 }
        }
        return rate
    }

    /// The simplest way that finds as much as the best one does, but for what chance may have added; and all that were
    /// tried, from simple to complex.
    func choose(_ options: CalibrationOptions) -> (
        choice: CalibrationChoice, alternatives: [CalibrationReport.Alternative]
    ) {
        let benign = inputs.count(where: \.isBenign)
        let most =
            BinomialBound.largestCount(showing: options.falseAlarmRate, confidence: options.confidence, total: benign)
            ?? 0
        var weights = precedents == nil ? [0] : CalibrationChoice.weights
        if options.usesPrecedents == true, weights.count > 1 { weights.removeFirst() }
        var choices: [CalibrationChoice] = []
        var alternatives: [CalibrationReport.Alternative] = []
        for weight in weights {
            for own in [false, true] where options.setsGuidelineThresholds ?? own == own {
                let choice = CalibrationChoice(setsGuidelineThresholds: own, weight: weight)
                let threshold = CalibrationChoice.threshold(letting: most, of: benignEvidence(choice))
                choices.append(choice)
                alternatives.append(
                    CalibrationReport.Alternative(
                        setsGuidelineThresholds: own, weight: weight, threshold: threshold,
                        detections: detections(choice, threshold: threshold), isChosen: false))
            }
        }
        let rates = alternatives.map { $0.detections.rate ?? 0 }
        let best = rates.max() ?? 0
        let deviation = (best * (1 - best) / Double(max(1, inputs.count - benign))).squareRoot()
        let chosen = rates.firstIndex { $0 >= best - deviation } ?? 0
        alternatives[chosen].isChosen = true
        return (choices[chosen], alternatives)
    }
}
