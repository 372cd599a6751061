import Fingerpost
import Foundation
import GuidelineStore
import LinearAlgebra
import Platform

extension GapSearch {
    /// Guidelines that are told for a gap.
    private static let nearGuidelineCount = 3
    private static let wordCount = 3

    /// What the tallies say.
    func report() throws -> GapReport {
        let volume = tallies.reduce(0) { $0 + $1.volume }
        var ranked = tallies.indices.filter { tallies[$0].volume >= options.minimumVolume }
            .map { (cluster: $0, gap: bare(tallies[$0], density: density[$0], volume: volume)) }
        ranked.sort { ($1.gap.score, $0.cluster) < ($0.gap.score, $1.cluster) }
        let told = ranked.prefix(options.limit).filter { $0.gap.score > 0 }
        var gaps = told.map { complete($0.gap, cluster: $0.cluster) }
        let plane = try plane(of: told.map(\.cluster))
        for place in gaps.indices {
            gaps[place].position = plane.positions[place]
            gaps[place].closest = plane.closest[place].map { .init(id: gaps[$0.place].id, similarity: $0.similarity) }
        }
        return GapReport(
            gaps: gaps, inputCount: volume, distinctCount: tallies.reduce(0) { $0 + $1.distinctCount },
            matchedCount: matchedCount, unreadableCount: unreadableCount,
            clusterCount: tallies.count { $0.volume > 0 }, reference: reference.kind,
            libraryVersion: cover.libraryVersion, guidelineCount: cover.guidelines.count, mapShare: plane.share)
    }

    private func plane(of told: [Int]) throws -> GapPlane {
        guard let centers = clusters?.centers, !told.isEmpty else { return try GapPlane(Matrix(rows: 0, columns: 0)) }
        return try GapPlane(Matrix(told.map { centers.row($0) }))
    }

    /// The numbers that a gap is ranked by.
    private func bare(_ tally: GapTally, density: Double, volume: Int) -> GapReport.Gap {
        let emptiness = cover.guidelines.isEmpty ? 1 : exp(-2 * density)
        func combined(_ lack: Double) -> Double { (min(1, max(0, lack)) * emptiness).squareRoot() }
        let margin = 1.959963984540054 * tally.lackError
        return GapReport.Gap(
            id: "", name: "", words: [], volume: tally.volume, distinctCount: tally.distinctCount,
            share: Double(tally.volume) / Double(max(1, volume)), severityWeight: tally.severity,
            lack: combined(tally.lack), lackInterval: combined(tally.lack - margin)...combined(tally.lack + margin),
            need: knowsNeed ? tally.need : nil, unmatchedCount: cover.hasThresholds ? tally.unmatchedCount : nil,
            examples: [], nearest: nearGuidelines(tally), times: tally.times.times(among: allTimes))
    }

    private func complete(_ bare: GapReport.Gap, cluster: Int) -> GapReport.Gap {
        var gap = bare
        gap.words = words?.best(of: cluster, limit: Self.wordCount) ?? []
        let chosen = tallies[cluster].examples(max(1, options.exampleCount))
        let examples = chosen.map { example(of: $0.entry, closeness: $0.closeness) }
        gap.examples = Array(examples.prefix(options.exampleCount))
        gap.members = tallies[cluster].members.map { example(of: $0.entry, closeness: $0.closeness) }
        let key = chosen.first.map { collection.entries[$0.entry].key } ?? GapCollection.Key(0, 0)
        gap.id = "gap-" + SHA256.hexadecimal(of: "\(key.x) \(key.y)").prefix(12)
        // Who asks for no examples may not be shown what users have said.
        gap.name =
            if gap.words.isEmpty {
                gap.examples.first.map { Self.beginning(of: $0.text) } ?? gap.id
            } else {
                gap.words.joined(separator: ", ")
            }
        return gap
    }

    private func example(of number: Int, closeness: Float) -> GapReport.Example {
        let entry = collection.entries[number]
        let text = collection.text(of: entry)
        return GapReport.Example(
            id: collection.id(of: entry), text: text, count: entry.count,
            hash: "sha256:" + SHA256.hexadecimal(of: text), centrality: Double(closeness))
    }

    private static func beginning(of text: String) -> String {
        String(text.split(whereSeparator: \.isWhitespace).joined(separator: " ").prefix(60))
    }

    private func nearGuidelines(_ tally: GapTally) -> [GapReport.NearGuideline] {
        // Inputs that the library covers are nearer than this to their guideline, three of four of them.
        let usual =
            reference.similarities.isEmpty ? 1 : Double(reference.similarities[reference.similarities.count / 4])
        let order = tally.near.sorted {
            ($1.value.volume, $0.key) < ($0.value.volume, $1.key)
        }
        return order.prefix(Self.nearGuidelineCount).map { place, near in
            let guideline = cover.guidelines[place]
            let similarity = near.similaritySum / Double(max(1, near.volume))
            let threshold = cover.threshold(of: place).map(Double.init)
            let reason: GapReport.NearGuideline.Reason =
                if threshold != nil, 2 * near.matchedCount < near.volume {
                    .belowThreshold
                } else if threshold == nil, similarity < usual {
                    .far
                } else {
                    .neighbour
                }
            return GapReport.NearGuideline(
                id: guideline.id, title: guideline.title, volume: near.volume, similarity: similarity,
                threshold: threshold, matchedCount: near.matchedCount, reason: reason)
        }
    }
}
