import ArgumentParser
import Fingerpost
import Foundation
import GuideAlign
import GuidelineStore
import Platform

/// `respond`: a model's answers with guidelines and without.
struct RespondCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "respond",
        abstract: "Ask a model with the guidelines that apply to an input, and without them.",
        discussion: """
            EXAMPLE
              fingerpost respond inputs.jsonl --library my-library --output answers.jsonl \\
                  --endpoint http://localhost:11434/v1 --model llama3
              fingerpost respond "my ex put a tracker under my car" --library my-library \\
                  --endpoint http://localhost:11434/v1 --model llama3
              fingerpost respond inputs.jsonl --fresh --output fresh.jsonl \\
                  --endpoint http://localhost:11434/v1 --model llama3

            Without --output, answers one input and prints both answers. With it, reads JSON Lines of {"id"} and one of \
            "text", "query", "prompt" and "messages", and writes a row for each input, with both answers and all that is \
            needed to ask again. Of the best guidelines (--candidates) those that are alike are left out and the first six \
            are kept, as in the Guide-Align paper; -k, --diverse, --mmr and --min-score say otherwise.

            With --fresh the model itself writes guidelines for each input before it answers, as generate has it do; no \
            library is needed. compare sets the answers of both ways against each other.

            Where no guideline applies the model is asked once, and that answer stands for both.

            Answers are kept as they come, in OUTPUT.answers or where --journal says. A run that was interrupted, or in \
            which requests failed, goes on from there when it is started again, and its output is the same byte for byte \
            as if nothing had happened. Inputs without an answer, and answers that are empty after three attempts, are \
            listed in OUTPUT.failures.jsonl with the reason.

            Exit status: 0 done, though single inputs may have failed; 1 if the run ended early, or all that was asked \
            failed; 2 a usage or input error.

            With --json: {"output","failures","inputs","answered","failed","notAsked","malformed","abstained","cutOff",\
            "guidelines","guidance","guided","unguided","usage","seconds"}; "guidance", "guided" and "unguided" are \
            {"requests","promptTokens","completionTokens","seconds"} of the answers in the output, "usage" is what this \
            run asked for. Without --output: the row.
            """)

    @Argument(help: "Files of inputs (- is standard input); without --output one input.")
    var inputs: [String]

    @Option(name: [.long, .customShort("l")], help: "Folder of the library.", completion: .directory)
    var library: String?

    @Flag(help: "Have the model write guidelines for each input, instead of a library's.")
    var fresh = false

    @OptionGroup var endpoint: EndpointOptions

    @Option(name: [.long, .customShort("o")], help: "The file to write.", completion: .file())
    var output: String?

    @Option(help: "Which answers to ask for: both, guided or unguided.")
    var only = SidesArgument.both

    @Option(help: "The longest answer, in tokens.")
    var maxTokens: Int?

    @Option(help: "How many of the best guidelines are looked at.")
    var candidates = 20

    @Option(help: "Tokens that the guidelines may have. What does not fit is cut, the least similar first.")
    var budget: Int?

    @Option(
        help: "File of a template, as prompt has it. Default: the block of the Guide-Align paper.", completion: .file())
    var template: String?

    @OptionGroup var selection: SelectionArguments
    @OptionGroup var retrieval: RetrievalArguments
    @OptionGroup var printing: OutputOptions

    func validate() throws {
        if let maxTokens { try Check.limit("--max-tokens", maxTokens) }
        if let budget { try Check.limit("--budget", budget) }
        try Check.limit("--candidates", candidates)
        guard (library == nil) == fresh else {
            throw ValidationError(
                fresh ? "--fresh needs no --library." : "Name a library with --library, or give --fresh.")
        }
        guard library?.isEmpty != true else {
            throw ValidationError("--library is empty; name the folder of a library.")
        }
        guard output == nil else { return }
        guard inputs.count == 1, let text = inputs.first else {
            throw ValidationError("Name the file to write with --output, or give one input.")
        }
        guard text.contains(where: { !$0.isWhitespace }) else { throw ValidationError("The input is empty.") }
        guard text != "-", !FileManager.default.fileExists(atPath: text) else {
            throw ValidationError("\(text) is a file of inputs; name the file to write with --output.")
        }
    }

    func run() throws {
        if let output { try OutputFile.check(output) }
        let progress = ProgressBar()
        defer { progress.finish() }
        let inputs =
            try output == nil
            ? [ResponseInput(id: "1", text: self.inputs.first ?? "")]
            : ResponseInput.read(from: self.inputs.map(InputSource.init(argument:)))
        guard let output else { return try answer(inputs, progress) }
        try answer(inputs, to: output, progress)
    }

    private func guidelineSource(_ batch: BatchRun, _ progress: ProgressBar) throws -> any GuidelineSource {
        var composer = PromptComposer(budget: budget)
        if let template {
            let source = InputSource(argument: template)
            composer.template = try PromptTemplate(try source.text(limit: 1 << 20), file: source.name)
        }
        guard let library else {
            var options = GenerationOptions()
            options.temperature = endpoint.temperature
            options.seed = endpoint.seed
            return FreshGuidelines(batch: batch, options: options, template: composer.template)
        }
        var options = try selection.options(retrieval)
        options.candidates = candidates
        options.diversity = options.diversity ?? RetrievedGuidelines.paperOptions.diversity
        return try RetrievedGuidelines(
            library: try LibraryAccess.reading(URL(fileURLWithPath: library), progress: progress), options: options,
            composer: composer)
    }

    private func responder(_ batch: BatchRun, _ progress: ProgressBar) throws -> Responder {
        var responder = Responder(
            source: try guidelineSource(batch, progress), batch: batch, createdBy: FingerpostCommand.program)
        responder.parameters = ResponseParameters(
            temperature: endpoint.temperature, seed: endpoint.seed, maxTokens: maxTokens)
        responder.sides = only.sides
        return responder
    }

    // MARK: One input

    private func answer(_ inputs: [ResponseInput], _ progress: ProgressBar) throws {
        // A journal there must be; without a name for it, nobody wants to go on from it.
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("fingerpost-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        Interruption.willRemove(folder.path)
        defer { try? FileManager.default.removeItem(at: folder) }
        let responder = try responder(
            try endpoint.batch(output: folder.appendingPathComponent("answer").path), progress)
        let outcome = try AsynchronousWork.wait { try await responder.respond(to: inputs) }
        progress.finish()
        guard let result = outcome.results.first else { return }
        let row: AnsweredInput
        do { row = try result.get() } catch { throw error.reason.error }
        try Console.result(printing.json ? row.json.jsonText : row.text(Terminal.output))
    }

    // MARK: Many inputs

    /// Inputs that are answered together: so many answers are in memory beside the journal's.
    private static let partLength = 512

    private func answer(_ inputs: [ResponseInput], to output: String, _ progress: ProgressBar) throws {
        let start = ContinuousClock.now
        Interruption.willWrite(output)
        let batch = try endpoint.batch(output: output)
        let responder = try responder(batch, progress)
        let before = batch.journal.count
        var summary = ResponseSummary(output: output, inputs: inputs.count)
        var aside = AsideFile(output: output)
        try AtomicFile.write(to: output) { writer in
            for first in stride(from: 0, to: inputs.count, by: Self.partLength) {
                let part = Array(inputs[first..<min(inputs.count, first + Self.partLength)])
                let total = inputs.count
                let outcome = try AsynchronousWork.wait {
                    try await responder.respond(to: part) { settled, _ in
                        progress.update("Answering", completed: first + settled, total: total)
                    }
                }
                summary.malformed += outcome.malformed
                for result in outcome.results {
                    switch result {
                    case .success(let row):
                        summary.tally.add(row)
                        try writer.write(row.json.jsonText + "\n")
                    case .failure(let failure) where failure.reason.error == .notAsked:
                        summary.notAsked += 1
                    case .failure(let failure):
                        summary.tally.failed += 1
                        aside.append(failure.json)
                    }
                }
                guard outcome.stopped == nil else {
                    summary.stopped = outcome.stopped
                    summary.notAsked += inputs.count - first - part.count
                    break
                }
            }
        }
        try aside.write()
        let client = batch.client
        summary.usage = try AsynchronousWork.wait { await client.usage }
        summary.seconds = (ContinuousClock.now - start) / .seconds(1)
        summary.aside = aside.count > 0 ? aside.path : nil
        progress.finish()
        let hasProgressed = batch.journal.count > before || summary.usage.requests == 0
        try summary.finish(isJSON: printing.json, hasProgressed: hasProgressed)
    }
}

/// Which answers are asked for.
enum SidesArgument: String, ExpressibleByArgument, CaseIterable {
    case both, guided, unguided

    var sides: Set<AnsweredInput.Side> {
        switch self {
        case .both: [.guided, .unguided]
        case .guided: [.guided]
        case .unguided: [.unguided]
        }
    }
}
