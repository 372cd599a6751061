import Fingerpost
import GuidelineStore
import Platform

/// What a build did, for people and for scripts.
struct BuildSummary {
    var library: String
    var outcome: UpsertOutcome
    /// Records that could not be used.
    var skipped: Int
    /// Passages encoded.
    var encoded: Int
    var seconds: [(stage: String, duration: Duration)]
    var information: LibraryInformation

    private var databaseBytes: Int { information.statistics.databaseBytes + information.statistics.logBytes }
    private var total: Duration { seconds.reduce(.zero) { $0 + $1.duration } }

    var json: JSON {
        [
            "library": .string(library),
            "guidelines": .integer(information.statistics.guidelineCount),
            "added": .integer(outcome.added.count),
            "updated": .integer(outcome.updated.count),
            "unchanged": .integer(outcome.unchanged.count),
            "duplicates": .integer(outcome.skippedDuplicates.count),
            "skipped": .integer(skipped),
            "encoded": .integer(encoded),
            "indexed": .integer(information.indexedVectors),
            "seconds": .object(
                seconds.map { ($0.stage, .rounded($0.duration.secondsValue, places: 6)) }
                    + [("total", .rounded(total.secondsValue, places: 6))]),
            "bytes": ["database": .integer(databaseBytes), "index": .integer(information.archiveBytes)],
            "encoder": .encoder(information.encoder),
        ]
    }

    func text(_ terminal: Terminal) -> String {
        let changes = outcome.counts.filter { $0.1 > 0 || $0.0 == "added" }.map { "\(Format.count($0.1)) \($0.0)" }
        var rows = [
            (
                "guidelines",
                "\(Format.count(information.statistics.guidelineCount)) (\(changes.joined(separator: ", ")))"
            )
        ]
        if skipped > 0 { rows.append(("skipped", "\(Format.count(skipped, "record")) that cannot be used")) }
        var passages = Format.count(information.statistics.passageCount)
        passages +=
            encoded == 0 ? " (none to encode)" : " (\(Format.count(encoded)) encoded\(rate(encoded, of: "encode")))"
        rows.append(("passages", passages))
        if information.unindexedPassages > 0 {
            rows.append(
                ("not indexed", "\(Format.count(information.unindexedPassages)) without a word that the encoder knows"))
        }
        rows.append(("encoder", PlainText.line("\(information.encoder)")))
        rows.append(
            ("size", "\(Format.bytes(databaseBytes)) database, \(Format.bytes(information.archiveBytes)) index"))
        let stages = seconds.filter { $0.duration > .milliseconds(1) }
        let parts = stages.map { "\($0.stage) \(Format.duration($0.duration))" }
        rows.append(("time", Format.duration(total) + (parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))")))
        let title = terminal.bold("Library \(PlainText.line(library))")
        return ([title] + Table.pairs(rows).map { "  \($0)" }).joined(separator: "\n")
    }

    private func rate(_ count: Int, of stage: String) -> String {
        guard let duration = seconds.first(where: { $0.stage == stage })?.duration, duration > .milliseconds(1) else {
            return ""
        }
        return ", \(Format.rate(Double(count) / duration.secondsValue))/s"
    }
}

extension UpsertOutcome {
    /// What became of the guidelines, in words.
    var counts: [(String, Int)] {
        [
            ("added", added.count), ("updated", updated.count), ("unchanged", unchanged.count),
            ("duplicates skipped", skippedDuplicates.count),
        ]
    }
}

/// Adds up the time spent in each stage of a work whose stages announce themselves.
final class StageClock: Sendable {
    private struct State {
        var stages: [(stage: String, duration: Duration)] = []
        var current: String?
        var since = ContinuousClock.now
    }

    private let state: Locked<State>

    init(first: String = "read") { state = Locked(State(current: first)) }

    var stages: [(stage: String, duration: Duration)] { state.withLock { $0.stages } }

    func enter(_ stage: String) { change(to: stage) }

    func enter(_ stage: LibraryProgress.Stage) {
        switch stage {
        case .importing: enter("read")
        case .encoding: enter("encode")
        case .indexing: enter("index")
        case .saving: enter("save")
        case .calibrating, .fitting, .choosing, .checking: break
        }
    }

    func finish() { change(to: nil) }

    private func change(to stage: String?) {
        state.withLock { state in
            guard state.current != stage else { return }
            let now = ContinuousClock.now
            if let current = state.current {
                if let place = state.stages.firstIndex(where: { $0.stage == current }) {
                    state.stages[place].duration += now - state.since
                } else {
                    state.stages.append((current, now - state.since))
                }
            }
            state.current = stage
            state.since = now
        }
    }
}
