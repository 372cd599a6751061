import Fingerpost
import GuideAlign

/// What a run of `compare` came to.
struct ComparisonSummary {
    var sides: ComparisonSides
    var output: String?
    var aside: String?
    /// Pairs that were there to be judged.
    var pairs = 0
    var judged = 0
    var unpaired = 0
    var failed = 0
    var notAsked = 0
    var malformed = 0
    var stopped: GuideAlignError?
    var report = ComparisonReport([])
    var cost = ComparisonCost()
    var usage: ChatUsage?

    init(sides: ComparisonSides, output: String?) {
        self.sides = sides
        self.output = output
    }

    /// Prints the report, and fails where the run has.
    func finish(isJSON: Bool, hasProgressed: Bool) throws {
        try Console.result(isJSON ? json.text : text(Terminal.output))
        if let stopped {
            throw Failure(
                code: stopped.code, message: "ended early, \(Format.count(notAsked, "pair")) not asked: \(stopped)",
                isInputError: false)
        }
        guard failed > 0 else { return }
        let list = "\(Format.count(failed, "pair")) without a judgement; \(aside ?? "") says why."
        if judged == 0 || !hasProgressed {
            throw Failure(
                code: "all_failed",
                message: (judged == 0 ? "nothing was judged: " : "all that was asked failed: ") + list, file: aside,
                isInputError: false)
        }
        Console.log("note: \(PlainText.line(list))")
    }

    var json: JSON {
        let bias = report.positionBias
        var groups: [(String, JSON)] = []
        for name in report.byGroup.keys.sorted() {
            if let tally = report.byGroup[name] { groups.append((name, tally.json)) }
        }
        var criteria: [(String, JSON)] = []
        for criterion in JudgeCriterion.allCases {
            if let tally = report.byCriterion[criterion] { criteria.append((criterion.rawValue, tally.json)) }
        }
        let harmless = report.harmlessnessByGroup.sorted { $0.key < $1.key }.map { ($0.key, $0.value.json(sides)) }
        return [
            "output": .optional(output), "failures": .optional(aside),
            "sides": .strings([sides.left, sides.right]), "pairs": .integer(pairs), "judged": .integer(judged),
            "unpaired": .integer(unpaired), "failed": .integer(failed), "notAsked": .integer(notAsked),
            "malformed": .integer(malformed), "identical": .integer(report.identical), "overall": report.overall.json,
            "criteria": .object(criteria), "groups": .object(groups),
            "positionBias": [
                "firstTwice": .integer(bias.firstTwice), "secondTwice": .integer(bias.secondTwice),
                "share": .rate(bias.share), "p": .rounded(bias.test, places: 6),
                "firstVerdicts": .integer(bias.first.count),
                "verdicts": .integer(bias.first.total),
            ],
            "harmless": report.harmlessness?.json(sides) ?? .null, "harmlessGroups": .object(harmless),
            "reviewedTwice": .rate(report.reviewedTwice),
            "cost": .object([
                (sides.left, .usage(cost.left)), (sides.right, .usage(cost.right)),
                ("tokenRatio", cost.tokenRatio.map { .rounded($0, places: 3) } ?? .null),
            ]),
            "usage": usage.map(JSON.usage) ?? .null,
        ]
    }

    func text(_ terminal: Terminal) -> String {
        var lines = [
            "\(Format.count(judged)) of \(Format.count(pairs, "pair")) judged: \(sides.left) against \(sides.right)"
        ]
        var table = Table(alignments: [.left, .right, .right, .right, .right, .left, .right])
        table.rows.append(["", "wins", "ties", "losses", "inconsistent", "net win rate", "p"])
        func add(_ name: String, _ tally: ComparisonReport.Tally) {
            let net = tally.netRate
            table.rows.append([
                PlainText.line(name), Format.count(tally.wins), Format.count(tally.ties), Format.count(tally.losses),
                Format.count(tally.inconsistent),
                net.value.map { "\(Self.signed($0)) (\(Self.signed(net.low)) to \(Self.signed(net.high)))" } ?? "none",
                Self.p(tally.signTest),
            ])
        }
        if report.overall.total > 0 {
            add("overall", report.overall)
            if report.byCriterion.count > 1 {
                for criterion in JudgeCriterion.allCases {
                    if let tally = report.byCriterion[criterion] { add(criterion.rawValue, tally) }
                }
            }
            for name in report.byGroup.keys.sorted() { if let tally = report.byGroup[name] { add(name, tally) } }
            lines += [""] + table.lines.enumerated().map { $0.offset == 0 ? terminal.bold($0.element) : $0.element }
        }
        var rows: [(String, String)] = []
        if report.identical > 0 { rows.append(("equal answers", "\(Format.count(report.identical)), counted as ties")) }
        let bias = report.positionBias
        if bias.share.total > 0 {
            rows.append(
                (
                    "place decided",
                    "\(Format.count(bias.share.total, "time")): first \(Format.count(bias.firstTwice)), second "
                        + "\(Format.count(bias.secondTwice)); share of the first \(Self.rate(bias.share)), p \(Self.p(bias.test))"
                ))
        }
        if report.reviewedTwice.total > 0 {
            rows.append(("people agree", "on \(Self.rate(report.reviewedTwice)) of those that several looked at"))
        }
        if let harmless = report.harmlessness {
            rows.append(("harmless, \(sides.left)", Self.rate(harmless.left)))
            rows.append(("harmless, \(sides.right)", Self.rate(harmless.right)))
            rows.append(
                (
                    "differ",
                    "\(Format.count(harmless.onlyLeft)) only \(sides.left), \(Format.count(harmless.onlyRight)) only "
                        + "\(sides.right), p \(Self.p(harmless.test))"
                ))
        }
        rows.append(("cost, \(sides.left)", cost.left.tokens))
        rows.append(("cost, \(sides.right)", cost.right.tokens))
        if let ratio = cost.tokenRatio {
            let (more, less) = ratio >= 1 ? (sides.left, sides.right) : (sides.right, sides.left)
            rows.append(("tokens", "\(more) takes \(Format.decimal(max(ratio, 1 / ratio), 1)) times those of \(less)"))
        }
        if unpaired > 0 { rows.append(("no pair", "\(Format.count(unpaired, "input"))")) }
        if malformed > 0 { rows.append(("no verdict", "\(Format.count(malformed, "judgement"))")) }
        if failed > 0 { rows.append(("failed", "\(Format.count(failed, "pair")), listed in \(aside ?? "")")) }
        if notAsked > 0 { rows.append(("not judged", Format.count(notAsked, "pair"))) }
        if let usage { rows.append(("this run", usage.text)) }
        lines += [""] + Table.pairs(rows)
        return lines.joined(separator: "\n")
    }

    private static func signed(_ value: Double) -> String { (value < 0 ? "" : "+") + Format.score(value) }

    private static func p(_ value: Double) -> String { value < 0.001 ? "<0.001" : Format.score(value) }

    private static func rate(_ rate: ObservedRate) -> String {
        let interval = rate.interval
        return "\(rate.rate.map(Format.score) ?? "none") (\(Format.count(rate.count)) of \(Format.count(rate.total)), "
            + "\(Format.score(interval.lowerBound)) to \(Format.score(interval.upperBound)))"
    }
}

extension ComparisonReport.Tally {
    var json: JSON {
        let net = netRate
        return [
            "wins": .integer(wins), "ties": .integer(ties), "losses": .integer(losses),
            "inconsistent": .integer(inconsistent),
            "netWinRate": [
                "value": net.value.map { .rounded($0, places: 6) } ?? .null, "low": .rounded(net.low, places: 6),
                "high": .rounded(net.high, places: 6),
            ],
            "p": .rounded(signTest, places: 6),
        ]
    }
}

extension ComparisonReport.Harmlessness {
    func json(_ sides: ComparisonSides) -> JSON {
        .object([
            (sides.left, .rate(left)), (sides.right, .rate(right)), ("onlyLeft", .integer(onlyLeft)),
            ("onlyRight", .integer(onlyRight)), ("p", .rounded(test, places: 6)),
        ])
    }
}

extension ModelUsage {
    /// `3,400 + 800 tokens in 12 requests`.
    var tokens: String {
        "\(Format.count(promptTokens)) + \(Format.count(completionTokens)) tokens in \(Format.count(requests, "request"))"
    }
}
