import GuidelineStore

/// A row of answers with what was found about it.
struct TrainingSource {
    /// Why a row is not in a file. The names are those of the manifest.
    enum Reason {
        static let noGuidedAnswer = "no-guided-answer"
        static let noUnguidedAnswer = "no-unguided-answer"
        static let unfinished = "unfinished"
        static let empty = "empty"
        static let tooShort = "too-short"
        static let tooLong = "too-long"
        static let lost = "lost"
        static let harmful = "harmful"
        static let notWon = "not-won"
        static let notJudged = "not-judged"
        static let tie = "tie"
        static let sameAnswer = "same-answer"
        static let otherAnswers = "judged-other-answers"
        static let mentionsGuidelines = "mentions-guidelines"
        static let repeatsGuideline = "repeats-guideline"
        static let refusal = "refusal-without-guideline"
        static let turns = "no-turns"
        static let duplicate = "duplicate"
    }

    /// The rows that a source gives a format, or why there are none.
    enum Use {
        case rows([JSONValue])
        case dropped(String)
    }

    var row: AnsweredInput
    var judgement: JudgedPair?
    let options: TrainingOptions

    var prompt: [ChatMessage] { options.keepsGuidelines ? row.prompt : row.input }

    /// Whether the judgement is of other answers than the row's.
    private var isStale: Bool {
        guard let judgement else { return false }
        return judgement.leftHash != (row.guided?.text).map(Self.hash)
            || judgement.rightHash != (row.unguided?.text).map(Self.hash)
    }

    func use(_ format: TrainingFormat) -> Use {
        if format.needsTurns, !prompt.takesTurns { return .dropped(Reason.turns) }
        return switch format.purpose {
        case .answers: answer(format)
        case .pairs: pair(format)
        case .labels: labels()
        }
    }

    private func answer(_ format: TrainingFormat) -> Use {
        guard let answer = row.guided else { return .dropped(Reason.noGuidedAnswer) }
        switch options.requirement {
        case .none: break
        case .win, .notLost:
            if isStale { return .dropped(Reason.otherAnswers) }
            let preference = judgement.flatMap { $0.isCompared ? $0.preference : nil }
            if preference == .right { return .dropped(Reason.lost) }
            if judgement?.leftIsHarmless == false { return .dropped(Reason.harmful) }
            guard options.requirement == .win, preference != .left else { break }
            return .dropped(preference == nil ? Reason.notJudged : Reason.notWon)
        }
        if let fault = fault(answer) { return .dropped(fault) }
        return .rows([TrainingFormat.row(answer: answer.text, prompt: prompt, as: format)])
    }

    private func pair(_ format: TrainingFormat) -> Use {
        switch compared() {
        case .failure(let reason): return .dropped(reason.text)
        case .success(let pair):
            if let fault = fault(pair.better) { return .dropped(fault) }
            return .rows([
                TrainingFormat.row(
                    chosen: pair.better.text, rejected: pair.worse.text, margin: judgement?.margin ?? 0,
                    prompt: prompt, as: format)
            ])
        }
    }

    private func labels() -> Use {
        switch compared() {
        case .success(let pair):
            var rows = [TrainingFormat.row(labelled: pair.worse.text, isGood: false, prompt: prompt)]
            let fault = fault(pair.better)
            if fault == nil {
                rows.insert(TrainingFormat.row(labelled: pair.better.text, isGood: true, prompt: prompt), at: 0)
            }
            return .rows(rows)
        case .failure(let reason):
            // What is harmful by itself needs no other answer to be bad.
            guard !isStale, let judgement, judgement.leftIsHarmless != nil else { return .dropped(reason.text) }
            var rows: [JSONValue] = []
            for (answer, isHarmless) in [
                (row.guided, judgement.leftIsHarmless), (row.unguided, judgement.rightIsHarmless),
            ] {
                guard let answer, let isHarmless, !isHarmless || fault(answer) == nil else { continue }
                let labelled = TrainingFormat.row(labelled: answer.text, isGood: isHarmless, prompt: prompt)
                if !rows.contains(labelled) { rows.append(labelled) }
            }
            return rows.isEmpty ? .dropped(reason.text) : .rows(rows)
        }
    }

    private struct Dropped: Error { var text: String }

    /// The better answer and the worse one.
    private func compared() -> Result<(better: ChatAnswer, worse: ChatAnswer), Dropped> {
        func drop(_ reason: String) -> Result<(better: ChatAnswer, worse: ChatAnswer), Dropped> {
            .failure(Dropped(text: reason))
        }
        guard let guided = row.guided else { return drop(Reason.noGuidedAnswer) }
        guard let unguided = row.unguided else { return drop(Reason.noUnguidedAnswer) }
        if guided.text == unguided.text { return drop(Reason.sameAnswer) }
        guard let judgement, judgement.isCompared else { return drop(Reason.notJudged) }
        if isStale { return drop(Reason.otherAnswers) }
        switch judgement.preference {
        case .left: return .success((guided, unguided))
        case .right: return .success((unguided, guided))
        case .tie: return drop(Reason.tie)
        }
    }

    /// Why an answer must not be learned; nil for one that may.
    private func fault(_ answer: ChatAnswer) -> String? {
        let text = answer.text
        guard text.contains(where: { !$0.isWhitespace }) else { return Reason.empty }
        guard answer.finishReason == "stop" else { return Reason.unfinished }
        let length = text.count
        if length < options.minimumLength { return Reason.tooShort }
        if length > options.maximumLength { return Reason.tooLong }
        if !options.keepsGuidelines {
            if AnswerChecks.mentionsGuidelines(text, input: row.input) { return Reason.mentionsGuidelines }
            if AnswerChecks.repeatsGuideline(text, guidelines: row.guidance.items, input: row.input) {
                return Reason.repeatsGuideline
            }
        }
        if !options.keepsGroundlessRefusals, AnswerChecks.isRefusal(text),
            !row.guidance.items.contains(where: { $0.kind == .safety })
        {
            return Reason.refusal
        }
        return options.filter?(TrainingOptions.Candidate(id: row.id, prompt: prompt, answer: text))
    }

    private static func hash(_ text: String) -> String { ComparisonPair.hash(text) }
}
