import ArgumentParser

/// The root of the command: its verbs, and help.
struct FingerpostCommand: ParsableCommand {
    static let version = "0.1.0"
    /// What made a file, as files say it.
    static var program: String { "fingerpost \(version)" }

    static let configuration = CommandConfiguration(
        commandName: "fingerpost",
        abstract: "Finds the guidelines that apply to an input, in process and without a network.",
        discussion: """
            EXAMPLE
              fingerpost build rules.jsonl --library my-library
              fingerpost search "my ex put a tracker under my car" --library my-library

            Results go to standard output, progress and messages to standard error. With --json every verb prints one \
            JSON document (JSON Lines for several inputs), and an error is {"error":{"code","message","file","line"}} on \
            standard error.

            Exit status: 0 done, 1 the work failed, 2 a usage or input error; check has others.

            Shell completion: fingerpost --generate-completion-script bash (or zsh, fish); save what it prints where \
            your shell looks for completions, for example ~/.local/share/bash-completion/completions/fingerpost.
            """,
        version: version,
        subcommands: [
            AugmentCommand.self, GenerateCommand.self, BuildCommand.self, SearchCommand.self, PromptCommand.self,
            RunCommand.self, LintCommand.self, DedupCommand.self, ReviewCommand.self, FitCommand.self,
            UnfitCommand.self, RespondCommand.self, CompareCommand.self, ExportCommand.self, EvaluateCommand.self,
            CalibrateCommand.self, ReportCommand.self,
            EmbedCommand.self, BenchmarkCommand.self, InfoCommand.self, DoctorCommand.self, VerifyCommand.self,
            HistoryCommand.self, DiffCommand.self, RollbackCommand.self, CopyCommand.self, PromoteCommand.self,
            CheckCommand.self, LogCommand.self, TrendCommand.self, GapsCommand.self, ReplayCommand.self,
            CurateCommand.self,
        ])
}
