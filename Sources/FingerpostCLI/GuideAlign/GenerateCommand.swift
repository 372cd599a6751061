import ArgumentParser
import Fingerpost
import Foundation
import GuideAlign
import GuidelineStore
import Platform

/// `generate`: guidelines for inputs, written by a model.
struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Have a model write guidelines for inputs, as drafts to review.",
        discussion: """
            EXAMPLE
              fingerpost generate inputs.jsonl --output guidelines.jsonl --pairs pairs.jsonl \\
                --endpoint http://localhost:11434/v1 --model llama3.1

            Inputs are JSON Lines of {"id","text"} (or query or prompt for text) with a type or not, or the lines of a .txt \
            file; both may be compressed (.gz). The model is asked twice for each: whether the input is risky, then, in that \
            conversation, for guidelines about safety if it is, about quality if not. What it writes is read line by line; \
            what is no guideline is kept in --aside (by default the output's name and .aside), counted, and never in the \
            output.

            A guideline is a draft with its provenance: source {"type":"llm","model","prompts","promptHash","inputs",\
            "types"} and support, the number of inputs that led to it. Guidelines with the same title and text are one. \
            --pairs gets {"id","query","positives"}, as evaluate and fit read it.

            Answers are kept in --journal as they come. After an interruption, a spent budget or a server that gave up, the \
            same command goes on where it ended and pays for no answer twice; files are written when every input has been \
            asked for, or with --partial whatever there is. The same inputs and answers give the same files, byte for byte.

            --templates names a folder of prompts to use in the place of the standard ones; --write-templates writes those.

            With --json: {"output","pairs","aside","complete","inputs","repeated","risky","notRisky","noVerdict","unwanted",\
            "unanswered","left","written","distinct","refused":{reason: number},"prompts":{"version","hash"},"model",\
            "answers","tokens":{"prompt","completion"},"usage":{"requests","retries","promptTokens","completionTokens",\
            "cost"},"seconds"}; tokens are those of all answers used, usage is of this run alone.

            Exit status: 0 if there are guidelines, 1 if there are none or inputs are left.
            """)

    @Argument(help: "Files of inputs; - is standard input.", completion: .file())
    var inputs: [String] = []

    @Option(
        name: [.long, .customShort("o")], help: "Write the guidelines to this file, as JSONL.", completion: .file())
    var output: String?

    @Option(help: "Write the inputs with the ids of their guidelines to this file.", completion: .file())
    var pairs: String?

    @Option(help: "Write what was refused to this file. Default: the output's name and .aside.", completion: .file())
    var aside: String?

    @Option(help: "Guidelines to ask for: safety (for risky inputs), quality (for the others) or both.")
    var kinds = KindsArgument(value: .both)

    @Flag(help: "Do not ask whether inputs are risky: ask for the guidelines of --kinds for every input.")
    var noDetection = false

    @Option(help: "chat, or completion for models that were not trained to follow instructions.")
    var form = FormArgument(value: .chat)

    @Option(help: "Folder of prompts.", completion: .directory)
    var templates: String?

    @Option(help: "Write the standard prompts to this folder, and end.", completion: .directory)
    var writeTemplates: String?

    @Option(help: "Inputs that a guideline gets as examples at most, by which inputs like them find it.")
    var examples = 1

    @Option(help: "Longest answer with guidelines, in tokens.")
    var answerTokens = 1_024

    @Flag(help: "Write the files of a run that ended before its time, too.")
    var partial = false

    @Flag(help: "Show the prompts for the first input, and what the run may cost. Nothing is asked.")
    var dryRun = false

    @OptionGroup(title: "The model") var model: ModelArguments
    @OptionGroup var printing: OutputOptions

    func validate() throws {
        guard writeTemplates == nil else { return }
        guard !inputs.isEmpty else { throw ValidationError("Name files of inputs; - is standard input.") }
        guard inputs.count(where: { $0 == "-" }) <= 1, inputs.allSatisfy({ !$0.isEmpty }) else {
            throw ValidationError("Standard input (-) can be read only once, and no file has an empty name.")
        }
        if !dryRun {
            _ = try model.named()
            guard output != nil else { throw ValidationError("Name --output for the guidelines.") }
        }
        for (name, value) in [("--output", output), ("--pairs", pairs), ("--aside", aside)] where value?.isEmpty == true
        {
            throw ValidationError("\(name) is empty; name a file.")
        }
        guard examples >= 0 else { throw ValidationError("--examples is \(examples); it must be at least 0.") }
        try Check.limit("--answer-tokens", answerTokens)
    }

    private var options: GenerationOptions {
        var options = GenerationOptions()
        options.kinds = kinds.value
        options.detectsRisks = !noDetection
        options.form = form.value
        options.maximumExamples = examples
        options.maximumTokens = answerTokens
        options.temperature = model.requests.temperature
        options.seed = model.requests.seed
        return options
    }

    func run() throws {
        if let writeTemplates {
            try PromptSet.standard.write(to: URL(fileURLWithPath: writeTemplates))
            return try Console.result(
                printing.json
                    ? (["templates": .string(writeTemplates)] as JSON).text
                    : "Wrote the standard prompts to \(PlainText.line(writeTemplates))")
        }
        let prompts = try PromptArguments.prompts(templates)
        let read = try GenerationInputs.read(inputs)
        let generation = GuidelineGeneration(inputs: read.inputs, prompts: prompts, options: options)
        if dryRun { return try estimate(generation, read) }
        guard let output else { return }
        try generate(generation, read, to: output)
    }

    private func estimate(_ generation: GuidelineGeneration, _ read: GenerationInputs) throws {
        let estimate = RunEstimate(
            generation.preview(), inputs: read.inputs.count, repeated: read.repeated, price: model.requests.price)
        try Console.result(printing.json ? estimate.json.text : estimate.text(Terminal.output))
    }

    private func generate(_ generation: GuidelineGeneration, _ read: GenerationInputs, to output: String) throws {
        let files = (guidelines: output, pairs: pairs, aside: aside ?? output + ".aside")
        for path in [files.guidelines, files.pairs, files.aside].compactMap(\.self) {
            try OutputFile.check(path)
            Interruption.willWrite(path)
        }
        let start = ContinuousClock.now
        let batch = try model.batch(output: output)
        let progress = ProgressBar()
        defer { progress.finish() }
        let outcome = try AsynchronousWork.wait {
            try await generation.run(batch) { state in
                progress.update(state.stage.label, completed: state.done, total: state.total)
            }
        }
        progress.finish()
        let usage = try AsynchronousWork.wait { await batch.client.usage }
        try batch.journal.close()
        let isWritten = !outcome.isFailure && (outcome.isComplete || partial)
        if isWritten {
            try TextFile.write(outcome.guidelines.lazy.map(\.jsonText), to: files.guidelines)
            if let pairs = files.pairs { try TextFile.write(outcome.pairs.lazy.map(\.jsonText), to: pairs) }
        }
        if isWritten || outcome.isFailure {
            try TextFile.write(outcome.aside.lazy.map(\.jsonText), to: files.aside)
        }
        let answer = GenerationAnswer(
            outcome: outcome, repeated: read.repeated, usage: usage, prompts: generation.prompts,
            model: batch.client.endpoint.model, output: isWritten ? output : nil, pairs: isWritten ? pairs : nil,
            aside: isWritten || outcome.isFailure ? files.aside : nil,
            seconds: (ContinuousClock.now - start) / .seconds(1))
        try Console.result(printing.json ? answer.json.text : answer.text(Terminal.output))
        if let error = outcome.incompleteness { throw error }
        if outcome.isFailure {
            throw GuideAlignError.nothingGenerated(
                problem: "of \(Format.count(outcome.answerCount, "answer")) none held a guideline; see \(files.aside)")
        }
    }
}

extension GenerationProgress.Stage {
    var label: String {
        switch self {
        case .detecting: "Detecting risks"
        case .writing: "Writing guidelines"
        case .augmenting: "Writing inputs"
        }
    }
}

/// The name of kinds of guidelines.
struct KindsArgument: ExpressibleByArgument {
    let value: GenerationOptions.Kinds

    init(value: GenerationOptions.Kinds) { self.value = value }

    init?(argument: String) {
        guard let value = GenerationOptions.Kinds(rawValue: argument) else { return nil }
        self.value = value
    }

    static let allValueStrings = GenerationOptions.Kinds.allCases.map(\.rawValue)
    var defaultValueDescription: String { value.rawValue }
}

/// The name of a form of prompts.
struct FormArgument: ExpressibleByArgument {
    let value: PromptSet.Form

    init(value: PromptSet.Form) { self.value = value }

    init?(argument: String) {
        guard let value = PromptSet.Form(rawValue: argument) else { return nil }
        self.value = value
    }

    static let allValueStrings = PromptSet.Form.allCases.map(\.rawValue)
    var defaultValueDescription: String { value.rawValue }
}

enum PromptArguments {
    static func prompts(_ folder: String?) throws -> PromptSet {
        try folder.map { try PromptSet(folder: URL(fileURLWithPath: $0)) } ?? .standard
    }
}

/// Files of lines, which are there as a whole or not at all.
enum TextFile {
    static func write(_ lines: some Sequence<String>, to path: String) throws {
        try AtomicFile.write(to: URL(fileURLWithPath: path).path) { writer in
            for line in lines {
                try writer.write(line)
                try writer.write("\n")
            }
        }
    }
}
