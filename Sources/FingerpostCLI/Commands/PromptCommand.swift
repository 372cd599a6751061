import ArgumentParser
import Fingerpost
import Foundation
import GuidelineStore

/// `prompt`: an input, or a conversation, into a text with the guidelines that apply.
struct PromptCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prompt",
        abstract: "Write the guidelines that apply to an input into a prompt.",
        discussion: """
            EXAMPLE
              fingerpost prompt "my ex put a tracker under my car" --library my-library --min-score 0.34 --budget 350
              fingerpost prompt --chat chat.json --library my-library --always root > guided.json

            Prints the guidelines as a block of text; nothing where none applies. With --chat, reads a conversation in \
            OpenAI's format, looks for guidelines with what the user said last, and prints the conversation with the block \
            at the end of its system message.

            A template is a text with one {each}...{/each}, in which {rule}, {when}, {number}, {id}, {title}, {text}, \
            {condition} and {severity} stand for what a guideline has. Guideline texts are quoted, so that they cannot end \
            the block or pass for a turn of the conversation.

            With --json: {"query","prompt","guidelines":[ids],"cut":[{"id","score","tokens"}],"tokens","counter","chat",\
            "retrieval"}, where "chat" is the conversation, or null, and "retrieval" is as search --json.
            """)

    @Argument(help: "The input.")
    var text: String?

    @OptionGroup var target: LibraryOption

    @Option(help: "A conversation in OpenAI's format (JSON); - is standard input.", completion: .file())
    var chat: String?

    @Option(help: "Tokens that the block may have. What does not fit is cut, the least similar first.")
    var budget: Int?

    @Option(help: "File of a template. Default: the block of the Guide-Align paper.", completion: .file())
    var template: String?

    @OptionGroup var selection: SelectionArguments
    @OptionGroup var retrieval: RetrievalArguments
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (text == nil) != (chat == nil) else {
            throw ValidationError(text == nil ? "Give an input, or --chat." : "Give an input or --chat, not both.")
        }
        if let text, !text.contains(where: { !$0.isWhitespace }) {
            throw ValidationError("The input is empty; there is nothing to search for.")
        }
        if let budget { try Check.limit("--budget", budget) }
    }

    func run() throws {
        var composer = PromptComposer(budget: budget)
        if let template {
            let source = InputSource(argument: template)
            composer.template = try PromptTemplate(try source.text(limit: 1 << 20), file: source.name)
        }
        let chat = try chat.map { argument in
            let source = InputSource(argument: argument)
            let document = try JSONValue(parsing: try source.text(limit: 64 << 20), source: source.name)
            return try Chat(document, file: source.name)
        }
        let options = try selection.options(retrieval)
        let library = try LibraryAccess.reading(target.folder, progress: ProgressBar())
        let found = try library.search(chat?.lastUserText ?? text ?? "", options: options)
        let prompt = try composer.compose(found)
        let guided = chat?.adding(prompt.text)
        guard output.json else {
            if !prompt.cut.isEmpty {
                Console.log("note: \(Format.count(prompt.cut.count, "guideline")) did not fit into the budget.")
            }
            if let guided {
                try Console.result(JSON.value(guided).text)
            } else if !prompt.text.isEmpty {
                try Console.result(prompt.text)
            } else {
                Console.log("note: no guideline applies.")
            }
            return
        }
        try Console.result(prompt.json(found, chat: chat).text)
    }
}
