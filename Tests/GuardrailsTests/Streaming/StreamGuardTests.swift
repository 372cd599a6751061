import Guardrails
import Platform
import Testing

@Suite struct StreamGuardTests {
    private let holds: [StreamHold] = [.characters(0), .characters(24), .word, .sentence, .whole]

    /// What is shown, piece by piece.
    private func shown(_ pieces: [String], _ rails: Rails, _ hold: StreamHold) -> (text: String, isStopped: Bool) {
        var stream = StreamGuard(rails, hold: hold)
        var text = ""
        for piece in pieces { text += stream.push(piece) }
        text += stream.finish()
        return (text, stream.isStopped)
    }

    private func cut(_ text: String, _ random: inout SplitMix64) -> [String] {
        var pieces: [String] = []
        var rest = Substring(text)
        while !rest.isEmpty {
            let count = Int.random(in: 1...9, using: &random)
            pieces.append(String(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        return pieces
    }

    @Test func whatIsShownDoesNotDependOnThePieces() throws {
        let rails = try Rails {
            PersonalData(.card, .email).onMatch(.modify(.redact))
            try Keywords(["merger"]).onMatch(.deny)
        }
        var random = SplitMix64(seed: 8)
        let texts = [
            "Write to ann@example.org. Pay with 4111 1111 1111 1111, please! Über 🙂 all.",
            "Nothing to see here. The merger is off. Nobody knows.", "", "one", "A. B. C? D! ",
        ]
        for text in texts {
            for hold in holds {
                let whole = shown([text], rails, hold)
                for _ in 0..<4 {
                    let other = shown(cut(text, &random), rails, hold)
                    #expect(other == whole, "\(text) at \(hold)")
                }
            }
        }
    }

    @Test func harmlessTextsComeThroughWhole() throws {
        let rails = try Rails { try Keywords(["merger"]).onMatch(.deny) }
        let text = "Café 👩‍👩‍👧‍👦 and e\u{301}, then\nanother line.  Two spaces, and no end"
        for hold in holds {
            let result = shown(text.map(String.init), rails, hold)
            #expect(result.text == text && !result.isStopped, "\(hold)")
        }
    }

    /// A phrase that is denied is not shown, nor what stands behind it.
    @Test func nothingDeniedIsShown() throws {
        let rails = try Rails { try Keywords(["secret merger"]).onMatch(.deny) }
        let text = "All is well. We plan the secret merger tomorrow. Nobody knows."
        for hold in [StreamHold.characters(24), .sentence, .whole] {
            let result = shown(text.map(String.init), rails, hold)
            #expect(result.isStopped && !result.text.contains("merger") && !result.text.contains("Nobody"), "\(hold)")
            #expect(text.hasPrefix(result.text))
        }
    }

    /// What is taken out of a text is taken out of the stream, whatever the hold that is long enough.
    @Test func modificationsAreThoseOfTheWholeText() throws {
        let rails = try Rails { PersonalData(.card, .email).onMatch(.modify(.redact)) }
        let text = "Mail ann@example.org or pay 4111 1111 1111 1111 now."
        let whole = try #require(rails.check(text, rail: .output).modifiedText)
        for hold in [StreamHold.characters(64), .sentence, .whole] {
            let result = shown(text.map(String.init), rails, hold)
            #expect(result.text == whole && !result.isStopped, "\(hold)")
        }
    }

    @Test func asynchronousStreamsAreGuardedAlike() async throws {
        let rails = try Rails { try Keywords(["merger"]).onMatch(.deny) }
        let pieces = ["All ", "is we", "ll. The mer", "ger is", " off."]
        let stream = AsyncStream<String> { continuation in
            for piece in pieces { continuation.yield(piece) }
            continuation.finish()
        }
        var text = ""
        var isStopped = false
        do {
            for try await piece in rails.guardStream(stream, hold: .sentence) { text += piece }
        } catch GuardrailsError.streamStopped(let verdict, let checks) {
            isStopped = verdict == .deny && checks == ["keywords"]
        }
        #expect(isStopped && text == shown(pieces, rails, .sentence).text)
    }

    @Test("What a hold is too short for is counted, to the byte; the longest ones leak nothing")
    func leaks() throws {
        let rails = try Rails {
            PersonalData(.card).onMatch(.modify(.redact))
            try Keywords(["secret merger"]).onMatch(.deny)
        }
        func leak(_ text: String, _ hold: StreamHold) -> Int {
            var stream = StreamGuard(rails, hold: hold)
            for character in text {
                _ = stream.push(String(character))
                #expect(stream.heldByteCount >= 0)
            }
            _ = stream.finish()
            #expect(stream.isStopped || stream.heldByteCount == 0)
            return stream.leakedByteCount
        }
        let phrase = "Über all: the secret merger is off."
        let card = "Pay with 4111 1111 1111 1111 now, please."
        for hold in [StreamHold.characters(32), .sentence, .whole] {
            #expect(leak(phrase, hold) == 0 && leak(card, hold) == 0, "\(hold)")
        }
        // Its first word, and the space behind it, were complete before the second one came.
        #expect(leak(phrase, .word) == "secret ".utf8.count)
        #expect(leak(card, .word) == "4111 1111 1111 ".utf8.count)
        #expect(leak("Nothing of the kind. Nor here.", .word) == 0)
    }

    /// Finds "never" where a sentence is at its end.
    private struct Absolutes: Check {
        let id = "absolutes"
        let kind = "style"
        let scope = CheckScope.sentence

        func run(on input: CheckInput) -> CheckOutcome {
            let bytes = Array(input.text.utf8)
            let word = Array("never".utf8)
            let places = bytes.indices.filter { bytes[$0...].starts(with: word) }
            return CheckOutcome(findings: places.map { Detection(kind: "absolute", range: $0..<$0 + word.count) })
        }
    }

    @Test("What was shown whole before it was found is counted once, however often it is found")
    func wholeLeaks() throws {
        let rails = try Rails { Absolutes().onMatch(.modify(.redact)) }
        for (hold, count) in [(StreamHold.word, 10), (.characters(4), 5), (.sentence, 0), (.whole, 0)] {
            var stream = StreamGuard(rails, hold: hold)
            let shown = stream.push("We never, really never do that. And so on. Or else.") + stream.finish()
            #expect(stream.leakedByteCount == count, "\(hold)")
            #expect(shown.contains("never") == (count > 0) && stream.decision.verdict == .modify, "\(hold)")
        }
    }

    @Test func aLongerHoldIsLaterAndLeaksLess() throws {
        let rails = try Rails { PersonalData(.card).onMatch(.modify(.redact)) }
        let texts = (0..<40).map { place in
            String(repeating: "word ", count: place) + "then 4111 1111 1111 1111 comes. And so on and on."
        }
        var options = StreamBenchmark.Options()
        options.holds = [.word, .characters(8), .characters(64), .whole]
        (options.pieceLength, options.threads) = (3, 2)
        var completed: [Int] = []
        let reports = try StreamBenchmark.run(texts, rails: rails, options: options) { done, total in
            #expect(total == 160)
            completed.append(done)
        }
        #expect(completed == completed.sorted() && !completed.isEmpty)
        #expect(reports.map(\.hold) == options.holds && reports.allSatisfy { $0.textCount == 40 })
        #expect(reports.allSatisfy { $0.modifiedCount == 40 && $0.stoppedCount == 0 })
        #expect(reports[0].leakingCount == 40 && reports[0].leakedByteCount == 40 * 15)
        #expect(reports.last?.leakedByteCount == 0 && reports[2].leakedByteCount == 0)
        for (one, other) in zip(reports, reports.dropFirst()) {
            #expect(one.delay(at: 0.5) <= other.delay(at: 0.5) && one.leakedByteCount >= other.leakedByteCount)
            #expect(one.delay(at: 0.5) <= one.delay(at: 0.99))
        }
        #expect(throws: GuardrailsError.self) { try StreamBenchmark.run([], rails: rails) }
    }
}
