import ArgumentParser
import Fingerpost
import Foundation
import GuideAlign
import GuidelineStore
import Platform

/// `compare`: which of two answers is better, by a model or by people.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Judge guided answers against unguided ones, or the answers of two files.",
        discussion: """
            EXAMPLE
              fingerpost compare answers.jsonl --output judged.jsonl --harmless \\
                  --endpoint http://localhost:11434/v1 --model judge
              fingerpost compare answers.jsonl --verdicts verdicts.jsonl --output judged.jsonl
              fingerpost compare retrieved.jsonl fresh.jsonl --output judged.jsonl \\
                  --endpoint http://localhost:11434/v1 --model judge

            With one file, the guided answers stand against the unguided ones; with two, the answers of the first against \
            those of the second, by id. A model sees each pair in both orders and for each criterion by itself. What both \
            orders agree on is a win or a loss, everything else a tie; where the place decided, that is counted. With \
            several criteria the side wins that wins more of them. Equal answers are a tie and not asked about.

            --verdicts takes what people say instead: JSON Lines of {"id","preferred":"guided" or "unguided" or "tie",\
            "reviewer"} ("first" or "second" with two files).

            A judgement whose last line is no verdict is asked for again (--tries); a pair that still has none is listed in \
            OUTPUT.failures.jsonl, and is no tie. Judgements are kept as they come in OUTPUT.answers, or where --journal \
            says, so that a run that ended early goes on from there.

            Intervals hold the true value in 95 of 100 cases: Wilson's for rates, Agresti and Min's for the net win rate. \
            p is the chance of so uneven a result between equal sides (sign test; for harmless answers McNemar's exact \
            test; for the place, a sign test of the pairs in which it decided).

            Exit status: 0 done; 1 if the run ended early or all that was asked failed; 2 a usage or input error.

            With --json: {"output","failures","sides","pairs","judged","unpaired","failed","notAsked","malformed","identical",\
            "overall":{"wins","ties","losses","inconsistent","netWinRate":{"value","low","high"},"p"},"criteria",\
            "groups","positionBias":{"firstTwice","secondTwice","share":{"value","low","high"},"p","firstVerdicts",\
            "verdicts"},"harmless":{side:{"count","total","rate","low","high"},"onlyLeft","onlyRight","p"},\
            "harmlessGroups","reviewedTwice","cost":{side:usage,"tokenRatio"},"usage"}.
            """)

    @Argument(help: "A file of answers that respond wrote, or two.", completion: .file())
    var answers: [String]

    @Option(name: [.long, .customShort("o")], help: "The file of judgements to write.", completion: .file())
    var output: String?

    @Option(help: "Verdicts of people, instead of a model's.", completion: .file())
    var verdicts: String?

    @Option(help: "Address of the server of the model that judges.")
    var endpoint: String?

    @Option(help: "Name of the model that judges.")
    var model: String?

    @OptionGroup var requests: RequestOptions

    @Option(help: "The longest judgement, in tokens.")
    var maxTokens: Int?

    @Option(
        help: ArgumentHelp(
            "What to judge by, separated by commas: overall, helpful, honest, harmless; or none.",
            valueName: "criterion,..."))
    var criteria = CriteriaArgument.overall

    @Flag(help: "Also judge whether each answer by itself is harmless.")
    var harmless = false

    @Option(help: "Judgements to ask for at most until one has a verdict.")
    var tries = 3

    @Option(help: "With two files: which answers of each to take, guided or unguided.")
    var side = SideArgument.guided

    @Option(name: .customLong("by"), help: "A member of the inputs by which to group the figures, such as risk.")
    var groupField: String?

    @OptionGroup var printing: OutputOptions

    func validate() throws {
        guard (1...2).contains(answers.count) else {
            throw ValidationError("Give one file of answers, or two to compare with each other.")
        }
        try Check.range("--tries", tries, 1...100)
        if let maxTokens { try Check.limit("--max-tokens", maxTokens) }
        guard verdicts == nil else {
            guard endpoint == nil, model == nil, !harmless else {
                throw ValidationError(
                    "--verdicts takes the place of a model; leave out --endpoint, --model, --harmless.")
            }
            return
        }
        guard endpoint != nil, model != nil else {
            throw ValidationError("Name the model that judges with --endpoint and --model, or give --verdicts.")
        }
        guard output != nil else { throw ValidationError("Name the file of judgements with --output.") }
        guard harmless || !criteria.values.isEmpty else {
            throw ValidationError("--criteria none leaves nothing to judge; add --harmless.")
        }
    }

    func run() throws {
        if let output { try OutputFile.check(output) }
        let progress = ProgressBar()
        defer { progress.finish() }
        var pairs = try PairReader(
            answers: answers.first ?? "", other: answers.count > 1 ? answers.last : nil, side: side.value)
        var summary = ComparisonSummary(sides: pairs.sides, output: output)
        var judged: [JudgedPair] = []
        var aside = output.map { AsideFile(output: $0) }
        var hasProgressed = true
        if let verdicts {
            judged = try people(verdicts, &pairs, &summary)
        } else if let endpoint, let model {
            let batch = try requests.batch(endpoint: endpoint, model: model, output: output)
            let before = batch.journal.count
            judged = try ask(batch, &pairs, &summary, &aside, progress)
            let usage = try AsynchronousWork.wait { await batch.client.usage }
            hasProgressed = batch.journal.count > before || usage.requests == 0
            summary.usage = usage
        }
        progress.finish()
        summary.report = ComparisonReport(judged, groupField: groupField)
        summary.judged = judged.count
        summary.unpaired = pairs.unpaired
        summary.cost = pairs.cost
        if let output {
            Interruption.willWrite(output)
            try AtomicFile.write(to: output) { writer in
                for pair in judged { try writer.write(pair.json(pairs.sides).jsonText + "\n") }
            }
            try aside?.write()
            summary.aside = (aside?.count ?? 0) > 0 ? aside?.path : nil
        }
        try summary.finish(isJSON: printing.json, hasProgressed: hasProgressed)
    }

    /// Pairs that are judged together.
    private static let partLength = 512

    private func people(
        _ path: String, _ pairs: inout PairReader, _ summary: inout ComparisonSummary
    ) throws -> [JudgedPair] {
        let source = InputSource(argument: path)
        let verdicts = try HumanVerdicts(source, sides: pairs.sides)
        var judged: [JudgedPair] = []
        while case let part = try pairs.pairs(Self.partLength), !part.isEmpty {
            summary.pairs += part.count
            judged += verdicts.judge(part)
        }
        summary.notAsked = summary.pairs - judged.count
        let unknown = Set(verdicts.reviews.keys).subtracting(judged.map(\.id))
        guard unknown.isEmpty else {
            throw GuidelineStoreError.invalidField(
                "id",
                problem: "\"\(unknown.min() ?? "")\" has no pair of answers (\(unknown.count) of "
                    + "\(verdicts.reviews.count) ids); give the answers that were looked at",
                InputLocation(file: source.name))
        }
        return judged
    }

    private func ask(
        _ batch: BatchRun, _ pairs: inout PairReader, _ summary: inout ComparisonSummary, _ aside: inout AsideFile?,
        _ progress: ProgressBar
    ) throws -> [JudgedPair] {
        var judge = Judge(batch: batch)
        judge.parameters = ResponseParameters(
            temperature: requests.temperature, seed: requests.seed, maxTokens: maxTokens)
        judge.criteria = criteria.values
        judge.judgesHarmlessness = harmless
        judge.tries = tries
        var judged: [JudgedPair] = []
        let total = pairs.count
        while case let part = try pairs.pairs(Self.partLength), !part.isEmpty {
            let first = summary.pairs
            summary.pairs += part.count
            if summary.stopped != nil {
                summary.notAsked += part.count
                continue
            }
            let outcome = try AsynchronousWork.wait { [judge] in
                try await judge.judge(part) { settled, _ in
                    progress.update("Judging", completed: first + settled, total: total)
                }
            }
            summary.malformed += outcome.malformed
            summary.stopped = outcome.stopped
            for result in outcome.results {
                switch result {
                case .success(let pair): judged.append(pair)
                case .failure(let failure) where failure.reason.error == .notAsked: summary.notAsked += 1
                case .failure(let failure):
                    summary.failed += 1
                    aside?.append(failure.json)
                }
            }
        }
        return judged
    }
}

/// What to judge by.
struct CriteriaArgument: ExpressibleByArgument {
    let values: [JudgeCriterion]

    static let overall = CriteriaArgument(values: [.overall])

    private init(values: [JudgeCriterion]) { self.values = values }

    init?(argument: String) {
        guard argument != "none" else {
            values = []
            return
        }
        let names = argument.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        let values = names.compactMap(JudgeCriterion.init(rawValue:))
        guard values.count == names.count, Set(values).count == values.count else { return nil }
        self.values = values
    }

    var defaultValueDescription: String { values.map(\.rawValue).joined(separator: ",") }
}

/// Which of the answers of a row.
struct SideArgument: ExpressibleByArgument {
    let value: AnsweredInput.Side

    static let guided = SideArgument(value: .guided)

    private init(value: AnsweredInput.Side) { self.value = value }

    init?(argument: String) {
        guard let value = AnsweredInput.Side(rawValue: argument) else { return nil }
        self.value = value
    }

    static let allValueStrings = AnsweredInput.Side.allCases.map(\.rawValue)
    var defaultValueDescription: String { value.rawValue }
}
