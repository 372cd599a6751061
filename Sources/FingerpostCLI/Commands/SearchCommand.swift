import ArgumentParser
import Fingerpost
import Foundation
import GuidelineStore

/// `search`: inputs into the guidelines that apply.
struct SearchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Find the guidelines nearest to an input, with scores and reasons.",
        discussion: """
            EXAMPLE
              fingerpost search "my ex put a tracker under my car" --library my-library --explain
              fingerpost search --batch queries.jsonl --library my-library > answers.jsonl

            Each TEXT is an input of its own: quote one of several words. --batch reads JSON Lines of {"id","query"} \
            and writes JSON Lines in the same order; through a pipe, an answer follows its line at once.

            With --json: {"query","mode","libraryVersion","calibration":{"shift","threshold"} or null,"matches":[{"id","score","title","text",\
            "via":{"field","ordinal","text","score"},"similarity","wordShare","evidence","threshold","condition","kind",\
            "severity","authority","priority","risk","tags"}],"always":[{"id","title","text","condition","kind",...}],\
            "dropped":[{"id","score","similarity","evidence","threshold","reason"}]}; one line for each of several inputs, \
            with their "id" in a batch. --explain adds "parts" to a match, and "fitted" (whether fit has taught \
            the library) and "latencyMicroseconds" to an answer. "mode" is \
            exact, graph, graph_then_exact, words where words alone were compared, or none where there was nothing to \
            compare. "evidence" is what was compared with the "threshold": the similarity, with the calibration's shift \
            where that gave the threshold.

            A score is the similarity of the meanings (-1 to 1) and what shared words add to it. --min-score is compared \
            with the similarity alone, which is comparable between inputs.
            """)

    @Argument(help: "Inputs.")
    var texts: [String] = []

    @OptionGroup var target: LibraryOption

    @OptionGroup var selection: SelectionArguments

    @Flag(help: "Show the score of every part of a match, and what was dropped and why.")
    var explain = false

    @Option(help: "Read JSON Lines of {\"id\",\"query\"} from a file, or from standard input (-).", completion: .file())
    var batch: String?

    @OptionGroup var retrieval: RetrievalArguments
    @OptionGroup var threading: ThreadOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard texts.isEmpty != (batch == nil) else {
            throw ValidationError(
                texts.isEmpty ? "Give an input to search for, or --batch." : "Give inputs or --batch, not both.")
        }
        guard texts.allSatisfy({ $0.contains { !$0.isWhitespace } }) else {
            throw ValidationError("An input is empty; there is nothing to search for.")
        }
    }

    func run() throws {
        var options = try selection.options(retrieval)
        options.explains = explain
        let library = try LibraryAccess.reading(target.folder, progress: ProgressBar())
        if let batch { return try answer(batch: InputSource(argument: batch), in: library, options) }
        for (index, text) in texts.enumerated() {
            let found = try library.search(text, options: options)
            guard !output.json else {
                try Console.result(found.json(id: nil, explains: explain).text)
                continue
            }
            let answer = SearchAnswer(retrieval: found, minimumScore: selection.minScore, explains: explain)
            try Console.result((index > 0 ? "\n" : "") + answer.text(Terminal.output))
        }
    }

    /// Answers what is waiting together, so that a single line has its answer at once and many keep all threads busy.
    private func answer(batch source: InputSource, in library: GuidelineLibrary, _ options: RetrievalOptions) throws {
        let queue = QueryQueue(source)
        var count = 0
        while let queries = try queue.next(limit: 256) {
            let found = try library.search(batch: queries.map(\.query), options: options, threads: threading.threads)
            let lines = zip(queries, found).map { query, found in
                found.json(id: query.id, explains: explain).text
            }
            try Console.result(lines.joined(separator: "\n"))
            count += queries.count
        }
        guard count > 0 else {
            throw GuidelineStoreError.noRecords(path: source.name, hint: "a line holds a query, {\"id\",\"query\"}")
        }
    }
}
