import Fingerpost
import GuidelineStore

extension Rails {
    /// A text that is still found after so many changes is not changed for the better.
    private static let mostRounds = 4

    /// Makes all modifications, and again while the changed text gives rise to others, so that checking it once more finds
    /// nothing; nil where there are none. A check whose findings do not come to an end has failed.
    func modifiedText(
        _ text: String, input: CheckInput, _ checks: [GuardedCheck], _ results: inout [CheckResult]
    ) -> String? {
        dropReplaced(in: text, &results)
        var found = modifications(of: results, in: text)
        guard !found.isEmpty else { return nil }
        // A check that has modified nothing yet may find something in what is left.
        let modifying = checks.indices.filter { place in
            !checks[place].isShadow && checks[place].canModify && checks[place].check.scope == .place
                || results[place].isModifying
        }
        var current = text
        for _ in 0..<Self.mostRounds {
            let next = Modification.apply(Modification.merged(found), to: current, replacements)
            guard next != current else { return current }
            current = next
            let again = CheckInput(current, rail: input.rail, deadline: input.deadline)
            var rerun = run(modifying.map { checks[$0] }, on: again)
            for (place, result) in zip(modifying, rerun) where result.status != .ok {
                results[place].status = result.status
                results[place].fail(
                    "the modified text could not be checked: \(result.problem ?? "")", checks[place].failurePolicy)
            }
            dropReplaced(in: current, &rerun)
            found = modifications(of: rerun, in: current)
            if found.isEmpty { return current }
        }
        guard Modification.apply(Modification.merged(found), to: current, replacements) != current else {
            return current
        }
        for place in modifying where results[place].isModifying {
            results[place].fail("what it finds comes back after it is modified", .closed)
        }
        return nil
    }

    /// Takes back what was found in what stands for something that was taken away before.
    func dropReplaced(in text: String, _ results: inout [CheckResult]) {
        guard results.contains(where: { $0.outcome.isHit }) else { return }
        let ranges = replacements.ranges(in: text)
        guard !ranges.isEmpty else { return }
        let isWhole = Self.isWhole(ranges, text)
        for place in results.indices where results[place].outcome.isHit {
            let outcome = results[place].outcome
            let kept = outcome.findings.filter { finding in !Self.covers(ranges, finding.range) }
            guard outcome.findings.isEmpty ? isWhole : kept.isEmpty else {
                results[place].outcome.findings = kept
                continue
            }
            results[place].outcome.findings = []
            results[place].outcome.isHit = false
            (results[place].verdict, results[place].action) = (.allow, nil)
        }
    }

    /// Whether one of the ranges, which are in order, holds all of another.
    private static func covers(_ ranges: [Range<Int>], _ range: Range<Int>) -> Bool {
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < range.upperBound { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].lowerBound <= range.lowerBound
    }

    /// Whether there is nothing beside the ranges but white space.
    private static func isWhole(_ ranges: [Range<Int>], _ text: String) -> Bool {
        var place = 0
        let bytes = Array(text.utf8)
        for range in ranges {
            guard bytes[place..<range.lowerBound].allSatisfy({ $0 <= 0x20 }) else { return false }
            place = range.upperBound
        }
        return bytes[place...].allSatisfy { $0 <= 0x20 }
    }

    /// What the results ask to be changed; all of the text where a check names no place.
    func modifications(of results: [CheckResult], in text: String) -> [Modification] {
        results.flatMap { result -> [Modification] in
            guard !result.isShadow, case .modify(let modification)? = result.action else { return [] }
            let findings =
                result.outcome.findings.isEmpty
                ? [Detection(kind: result.kind, range: 0..<text.utf8.count)] : result.outcome.findings
            return findings.map { Modification(range: $0.range, kind: $0.kind, modification: modification) }
        }
    }
}

extension GuardedCheck {
    var canModify: Bool {
        ([action] + severityActions.values).contains { if case .modify = $0 { true } else { false } }
    }
}

extension CheckResult {
    fileprivate var isModifying: Bool {
        guard !isShadow, case .modify? = action else { return false }
        return true
    }
}
