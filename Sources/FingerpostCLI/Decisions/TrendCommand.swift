import ArgumentParser
import Fingerpost
import GuidelineStore
import Guardrails

/// `trend`: whether there are fewer interventions, and why.
struct TrendCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trend",
        abstract: "Show how often texts did not go through, over time, and what else changed meanwhile.",
        discussion: """
            EXAMPLE
              fingerpost trend --library my-library --by rule --since 365d
              fingerpost trend --library my-library --by model --period week

            Interventions are texts that were changed, held for a person or denied, per 1,000 that were checked, with \
            intervals that hold the true rate in 95 of 100 cases (Wilson). Marks say on which day another library version, \
            threshold, check, encoder or model came into use: a rate that falls because a threshold was loosened is not a \
            better model, and the sentences under the table say which of the two it may be. Releases of promote are named, \
            with the figures of their canary inputs.

            With --json: {"library","period","by","total":{"count","total","rate","low","high"},"periods":[{"beginning",\
            "checked","interventions","rate","low","high","verdicts":{...},"failures"}],"series":[{"name","total","rates":\
            [...],"shadow"}],"omittedSeries","marks":[{"day","kind","count","raised","lowered","examples":[{"subject",\
            "before","after"}],"release"}],"comparisons":[{"from","to","difference","low","high","causes":[...],"reading"}],\
            "releases":[{"libraryVersion","time","name","figures"}]}; the reading is chance, texts, model or checks.
            """)

    @OptionGroup var log: DecisionLogOption
    @OptionGroup var times: DecisionFilterArguments

    @Option(help: "Tell rates apart by rail, check, rule, risk, library or model.")
    var by: TrendOptions.Dimension?

    @Option(help: "day, week or month.")
    var period = TrendOptions.Period.month

    @Option(help: "Rules, risks and so on at most.")
    var limit = 12

    @OptionGroup var output: OutputOptions

    func validate() throws { try Check.limit("--limit", limit) }

    func run() throws {
        let progress = ProgressBar()
        defer { progress.finish() }
        let archive = try log.archive(progress)
        var options = TrendOptions()
        (options.period, options.dimension, options.seriesLimit) = (period, by, limit)
        (options.since, options.until, options.rail) = (times.since?.time, times.until?.time, times.rail?.value)
        let releases =
            LibraryDatabase.exists(at: log.folder)
            ? try LibraryDatabase.open(at: log.folder, mode: .readOnly).releases : []
        let trend = Trend(of: try archive.tallies(), options: options, releases: releases)
        let answer = TrendAnswer(library: log.library, trend: trend, releases: releases)
        try Console.result(output.json ? answer.json.text : answer.text(Terminal.output))
    }
}

extension TrendOptions.Dimension: ExpressibleByArgument {}
extension TrendOptions.Period: ExpressibleByArgument {}
