import ArgumentParser

/// `log`: the decisions of a library.
struct LogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "Show, note, import, export and forget decisions.",
        discussion: """
            EXAMPLE
              fingerpost log show --library my-library --verdict deny --since 7d
              fingerpost log note DECISION --library my-library --review false_alarm --reviewer ann
              fingerpost log forget --library my-library --conversation c-812

            Checks write their decisions as JSON Lines under log/ of the library's folder. Every verb that reads them \
            first collects them into decisions.sqlite beside the library.
            """,
        subcommands: [
            LogShowCommand.self, LogNoteCommand.self, LogCollectCommand.self, LogImportCommand.self,
            LogExportCommand.self, LogForgetCommand.self, LogExpireCommand.self,
        ])
}
