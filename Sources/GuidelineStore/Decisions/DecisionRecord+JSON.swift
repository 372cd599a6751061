extension DecisionRecord {
    /// The record as the log writes it: one line of JSON, without the line break at its end.
    public var jsonText: String { DecisionEntry.record(self).jsonText }

    /// Adds the record's line, without a line break. `text` is last, so that a record without it is the line's beginning.
    func append(to bytes: inout [UInt8], withText: Bool = true) {
        // The buffer moves into the writer and back, so that it is not copied.
        var writer = EntryWriter(bytes.taken())
        writer.open()
        writer.time("ts", time)
        writer.object("decision") { writer in
            writer.string("id", decision.id)
            writer.integer("index", decision.index)
            writer.integer("count", decision.count)
            writer.string("verdict", decision.verdict.rawValue)
        }
        writer.string("trace_id", traceID)
        writer.string("span_id", spanID)
        writer.string("conversation_id", conversationID)
        writer.integer("library_version", libraryVersion)
        writer.string("encoder", encoder)
        writer.string("scoring", scoring)
        writer.string("rail", rail.rawValue)
        writer.string("target_type", target)
        writer.object("check") { writer in
            writer.string("id", check.id)
            writer.string("kind", check.kind)
            writer.string("version", check.version)
        }
        writer.string("verdict", verdict.rawValue)
        writer.string("action", action)
        writer.bool("shadow", isShadow)
        writer.number("score", score)
        writer.number("threshold", threshold)
        writer.objects("matched", matched) { writer, match in
            writer.string("id", match.id)
            writer.integer("version", match.version)
            writer.number("score", match.score)
            writer.number("threshold", match.threshold)
            writer.integer("rank", match.rank)
            writer.string("via", match.via)
        }
        writer.objects("dropped", dropped) { writer, drop in
            writer.string("id", drop.id)
            writer.integer("version", drop.version)
            writer.string("reason", drop.reason)
            writer.number("score", drop.score)
            writer.number("threshold", drop.threshold)
        }
        writer.objects("findings", findings) { writer, finding in
            writer.string("kind", finding.kind)
            writer.integer("start", finding.range.lowerBound)
            writer.integer("end", finding.range.upperBound)
        }
        writer.strings("risk", risk)
        writer.string("severity", severity?.rawValue)
        writer.string("input_hash", inputHash)
        writer.object("latency_us") { writer in
            writer.integer("encode", latency.encode)
            writer.integer("search", latency.search)
            writer.integer("checks", latency.check)
            writer.integer("total", latency.total)
        }
        writer.string("status", status.rawValue)
        writer.string("problem", problem)
        writer.string("on_failure", failurePolicy?.rawValue)
        writer.string("model", model)
        if withText { writer.string("text", text) }
        writer.close()
        bytes = writer.bytes
    }

    init(_ reader: EntryReader) throws(GuidelineStoreError) {
        let verdict: Verdict = try reader.requiredChoice("verdict")
        guard let check = try reader.object("check") else { throw reader.fault("check", "is missing") }
        let inputHash = try reader.requiredString("input_hash")
        var decision = Decision(id: "", verdict: verdict)
        if let given = try reader.object("decision") {
            decision = Decision(
                id: try given.requiredString("id"), index: try given.integer("index") ?? 0,
                count: try given.integer("count") ?? 1, verdict: try given.choice("verdict") ?? verdict)
            guard !decision.id.isEmpty else { throw given.fault("id", "is empty") }
            guard (0..<max(1, decision.count)).contains(decision.index) else {
                throw given.fault("index", "is \(decision.index) of \(decision.count)")
            }
        } else {
            // A log of another program, with a check a line: what tells its decisions apart is all there is.
            let time = try reader.requiredString("ts")
            let span = try reader.string("span_id") ?? inputHash
            decision.id = "\(time)/\(span)/\(try check.requiredString("id"))"
        }
        self.init(
            time: try reader.time("ts"), decision: decision, rail: try reader.requiredChoice("rail"),
            target: try reader.string("target_type") ?? "llm_input",
            check: Check(
                id: try check.requiredString("id"), kind: try check.string("kind") ?? "other",
                version: try check.string("version") ?? "1"),
            verdict: verdict, inputHash: inputHash)
        traceID = try reader.string("trace_id")
        spanID = try reader.string("span_id")
        conversationID = try reader.string("conversation_id")
        libraryVersion = try reader.integer("library_version")
        encoder = try reader.string("encoder")
        scoring = try reader.string("scoring")
        action = try reader.string("action")
        isShadow = try reader.bool("shadow") ?? false
        score = try reader.number("score")
        threshold = try reader.number("threshold")
        for match in try reader.objects("matched") {
            matched.append(
                Match(
                    id: try match.requiredString("id"), version: try match.integer("version") ?? 1,
                    score: try match.number("score"), threshold: try match.number("threshold"),
                    rank: try match.integer("rank") ?? matched.count + 1, via: try match.string("via")))
        }
        for drop in try reader.objects("dropped") {
            dropped.append(
                Drop(
                    id: try drop.requiredString("id"), version: try drop.integer("version"),
                    reason: try drop.requiredString("reason"), score: try drop.number("score"),
                    threshold: try drop.number("threshold")))
        }
        for finding in try reader.objects("findings") {
            let start = try finding.integer("start") ?? 0
            guard let end = try finding.integer("end"), start >= 0, end >= start else {
                throw finding.fault("end", "must be a byte at or behind start")
            }
            findings.append(Finding(kind: try finding.requiredString("kind"), range: start..<end))
        }
        risk = try reader.strings("risk")
        severity = try reader.choice("severity")
        if let stages = try reader.object("latency_us") {
            latency = Latency(
                encode: try stages.integer("encode") ?? 0, search: try stages.integer("search") ?? 0,
                check: try stages.integer("checks") ?? 0, total: try stages.integer("total") ?? 0)
        }
        status = try reader.choice("status") ?? .ok
        problem = try reader.string("problem")
        failurePolicy = try reader.choice("on_failure")
        model = try reader.string("model")
        text = try reader.string("text")
    }
}

extension DecisionNote {
    func append(to bytes: inout [UInt8]) {
        var writer = EntryWriter(bytes.taken())
        writer.open()
        writer.object("note") { writer in
            writer.string("decision", decision)
            writer.string("check", check)
            writer.string("rule", rule)
            writer.string("action", action)
            writer.string("review", review?.rawValue)
            writer.string("reviewer", reviewer)
            writer.string("correction", correction)
            writer.string("comment", comment)
        }
        writer.time("ts", time)
        writer.close()
        bytes = writer.bytes
    }

    init(_ reader: EntryReader) throws(GuidelineStoreError) {
        guard let note = try reader.object("note") else { throw reader.fault("note", "is missing") }
        self.init(time: try reader.time("ts"), decision: try note.requiredString("decision"))
        check = try note.string("check")
        rule = try note.string("rule")
        action = try note.string("action")
        review = try note.choice("review")
        reviewer = try note.string("reviewer")
        correction = try note.string("correction")
        comment = try note.string("comment")
    }
}

extension [UInt8] {
    /// The elements, which go from here.
    fileprivate mutating func taken() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &self)
        return taken
    }
}
