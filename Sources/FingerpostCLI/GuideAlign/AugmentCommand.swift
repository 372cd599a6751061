import ArgumentParser
import Foundation
import GuideAlign
import GuidelineStore

/// `augment`: more inputs like the seeds, written by a model.
struct AugmentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "augment",
        abstract: "Have a model continue seeds of risky inputs, for generate.",
        discussion: """
            EXAMPLE
              fingerpost augment --output inputs.jsonl --per-type 200 --endpoint http://localhost:11434/v1 --model llama3.1

            There are 14 types of inputs, eight of scenarios and six of attacks, with five seeds each (--list-types); \
            --seeds brings your own, JSON Lines of {"type","text"}. Each request shows two seeds and two inputs written \
            before, four seeds at first, and takes the first six of the continuation. An input is kept if its ROUGE-L (F1 \
            of the words' longest common subsequence) with each one kept before, of all types, is at most --similarity. A \
            type ends when it has --per-type inputs, or after --patience rounds without a new one.

            The output is JSON Lines of {"id","text","type","source":{"type":"llm","model","prompts","promptHash","round"}}. \
            Answers are kept in --journal as they come; after an interruption the same command goes on where it ended. The \
            same seeds, --random-seed and answers give the same file, byte for byte.

            With --json: {"output","aside","complete","inputs","wanted","rounds","types":[{"type","seeds","kept","similar",\
            "refused","exhausted"}],"refused":{reason: number},"prompts","model","answers","tokens","usage","seconds"}.
            """)

    @Option(name: [.long, .customShort("o")], help: "Write the inputs to this file, as JSONL.", completion: .file())
    var output: String?

    @Option(help: "Write what was refused to this file. Default: the output's name and .aside.", completion: .file())
    var aside: String?

    @Option(
        help: "JSON Lines of {\"type\",\"text\"} to begin from, in the place of the standard seeds.",
        completion: .file())
    var seeds: String?

    @Option(help: "Types to write inputs of, with commas. Default: all.")
    var types: String?

    @Flag(help: "Print the types with their seeds as JSON Lines, as --seeds reads them, and end.")
    var listTypes = false

    @Option(name: .customLong("per-type"), help: "Inputs of each type.")
    var perType = 100

    @Option(help: "The most that ROUGE-L may be between two inputs, 0 to 1.")
    var similarity = 0.7

    @Option(help: "Requests of each type in a round; a round's inputs are shown in the next ones.")
    var roundSize = 4

    @Option(help: "Rounds in a row without a new input after which a type is given up.")
    var patience = 5

    @Option(help: "Decides which inputs are shown to the model.")
    var randomSeed: UInt64 = 0

    @Option(help: "chat, or completion for models that were not trained to follow instructions.")
    var form = FormArgument(value: .chat)

    @Option(help: "Folder of prompts; see generate --write-templates.", completion: .directory)
    var templates: String?

    @Flag(help: "Write the seeds too, before the inputs.")
    var withSeeds = false

    @Flag(help: "Write the files of a run that ended before its time, too.")
    var partial = false

    @Flag(help: "Show the first prompt, and what the run may cost. Nothing is asked.")
    var dryRun = false

    @OptionGroup(title: "The model") var model: ModelArguments
    @OptionGroup var printing: OutputOptions

    func validate() throws {
        guard !listTypes else { return }
        if !dryRun {
            _ = try model.named()
            guard output != nil else { throw ValidationError("Name --output for the inputs.") }
        }
        for (name, value) in [("--output", output), ("--aside", aside), ("--types", types)] where value?.isEmpty == true
        {
            throw ValidationError("\(name) is empty.")
        }
        try Check.range("--per-type", perType, 1...10_000_000)
        try Check.range("--round-size", roundSize, 1...1_024)
        try Check.limit("--patience", patience)
        guard 0...1 ~= similarity else {
            throw ValidationError("--similarity is \(similarity); it must be from 0 to 1.")
        }
    }

    private func chosenTypes() throws -> [AttackType] {
        let known = try seeds.map { try AttackType.read(from: InputSource(argument: $0)) } ?? AttackType.standard
        guard let types else { return known }
        return try types.split(separator: ",").map { name in
            let name = name.trimmingCharacters(in: .whitespaces)
            guard let type = known.first(where: { $0.name.lowercased() == name.lowercased() }) else {
                throw ValidationError(
                    "--types: there is no type \"\(name)\"; there are \(known.map(\.name).joined(separator: ", ")).")
            }
            return type
        }
    }

    func run() throws {
        let types = try chosenTypes()
        if listTypes {
            let lines = types.flatMap { type in
                type.seeds.map { (["type": .string(type.name), "text": .string($0)] as JSON).text }
            }
            return try Console.result(lines.joined(separator: "\n"))
        }
        var options = AugmentationOptions()
        options.perType = perType
        options.similarityLimit = similarity
        options.requestsPerRound = roundSize
        options.patience = patience
        options.randomSeed = randomSeed
        options.form = form.value
        options.temperature = model.requests.temperature
        options.seed = model.requests.seed
        let augmentation = Augmentation(
            types: types, prompts: try PromptArguments.prompts(templates), options: options)
        if dryRun {
            let estimate = RunEstimate(augmentation.preview(), price: model.requests.price)
            return try Console.result(printing.json ? estimate.json.text : estimate.text(Terminal.output))
        }
        if let output { try augment(augmentation, to: output) }
    }

    private func augment(_ augmentation: Augmentation, to output: String) throws {
        let aside = aside ?? output + ".aside"
        for path in [output, aside] {
            try OutputFile.check(path)
            Interruption.willWrite(path)
        }
        let start = ContinuousClock.now
        let batch = try model.batch(output: output)
        let progress = ProgressBar()
        defer { progress.finish() }
        let outcome = try AsynchronousWork.wait {
            try await augmentation.run(batch) { state in
                progress.update(state.stage.label, completed: state.done, total: state.total)
            }
        }
        progress.finish()
        let usage = try AsynchronousWork.wait { await batch.client.usage }
        try batch.journal.close()
        let isFailure = outcome.inputs.isEmpty && outcome.isComplete
        let isWritten = !outcome.inputs.isEmpty && (outcome.isComplete || partial)
        if isWritten {
            let lines = outcome.lines(
                model: batch.client.endpoint.model, prompts: augmentation.prompts, includingSeeds: withSeeds)
            try TextFile.write(lines, to: output)
        }
        if isWritten || isFailure { try TextFile.write(outcome.aside.lazy.map(\.jsonText), to: aside) }
        let answer = AugmentationAnswer(
            outcome: outcome, usage: usage, prompts: augmentation.prompts, model: batch.client.endpoint.model,
            output: isWritten ? output : nil, aside: isWritten || isFailure ? aside : nil,
            seconds: (ContinuousClock.now - start) / .seconds(1))
        try Console.result(printing.json ? answer.json.text : answer.text(Terminal.output))
        if let error = outcome.incompleteness { throw error }
        if isFailure {
            throw GuideAlignError.nothingGenerated(
                problem: "of \(Format.count(outcome.answerCount, "answer")) none held a new input; see \(aside)")
        }
    }
}

/// What `augment` has done, for people and for scripts.
struct AugmentationAnswer {
    var outcome: AugmentationOutcome
    var usage: ChatUsage
    var prompts: PromptSet
    var model: String
    var output: String?
    var aside: String?
    var seconds: Double

    var json: JSON {
        [
            "output": .optional(output), "aside": .optional(aside), "complete": .bool(outcome.isComplete),
            "inputs": .integer(outcome.inputs.count), "wanted": .integer(outcome.wantedCount),
            "rounds": .integer(outcome.rounds),
            "types": .array(
                outcome.types.map {
                    [
                        "type": .string($0.type), "seeds": .integer($0.seeds), "kept": .integer($0.kept),
                        "similar": .integer($0.similar), "refused": .integer($0.refused),
                        "exhausted": .bool($0.isExhausted),
                    ]
                }),
            "refused": .reasons(outcome.refused),
            "prompts": ["version": .string(prompts.version), "hash": .string(prompts.hash)],
            "model": .string(model), "answers": .integer(outcome.answerCount), "tokens": .tokens(outcome.tokens),
            "usage": .usageOfRun(usage), "seconds": .rounded(seconds, places: 3),
        ]
    }

    func text(_ terminal: Terminal) -> String {
        var table = Table(alignments: [.left, .right, .right, .right, .left])
        table.rows = [["type", "kept", "alike", "refused", ""]]
        table.rows += outcome.types.map {
            [
                PlainText.line($0.type), Format.count($0.kept), Format.count($0.similar), Format.count($0.refused),
                $0.isExhausted ? "given up" : "",
            ]
        }
        let rows =
            [("inputs", "\(Format.count(outcome.inputs.count)) in \(Format.count(outcome.rounds, "round"))")]
            + outcome.refused.rows
            + RunSpending.rows(tokens: outcome.tokens, answers: outcome.answerCount, usage: usage)
        var lines = table.lines + [""] + Table.pairs(rows)
        if let output {
            let files = [output, outcome.aside.isEmpty ? nil : aside].compactMap(\.self)
            lines.append(
                "Written to \(PlainText.line(files.joined(separator: ", "))) in \(Format.duration(.seconds(seconds)))")
        } else {
            lines.append("Nothing was written")
        }
        return lines.joined(separator: "\n")
    }
}
