import Fingerpost
import Foundation
@testable import FingerpostCrashHelper

/// The answers that a library should give: every guideline is scored by the documented formulas, one after the other.
final class LibraryOracle {
    struct Item {
        var guideline: Guideline
        var row: Int
        var score: Float
        var similarity: Float?
    }

    private let encoder: any SentenceEncoder
    private var vectors: [String: [Float]] = [:]
    /// What scores may differ by: sums are in another order.
    static let tolerance: Float = 2e-5

    init(encoder: any SentenceEncoder) { self.encoder = encoder }

    /// Says what is wrong with an answer; nil if nothing is.
    func problem(
        with answer: LibraryAnswer, to question: LibraryQuestion, filter: RandomFilter?, in model: LibraryModel
    ) throws -> String? {
        let items = try ranked(question, filter: filter, in: model)
        let scores = Dictionary(uniqueKeysWithValues: items.map { ($0.guideline.id, $0.score) })
        // So many are looked at before fewer than wanted are returned.
        let cut = 3 * question.limit
        if cut < items.count, items[cut - 1].score - items[cut].score < Self.tolerance { return nil }
        if let bar = question.minimumScore,
            items.contains(where: { abs(($0.similarity ?? $0.score) - bar) < Self.tolerance })
        {
            return nil
        }
        let expected = items.prefix(cut)
            .filter { item in
                item.guideline.status == .active
                    && question.minimumScore.map { (item.similarity ?? item.score) >= $0 } != false
            }
            .prefix(question.limit)
        guard answer.ids.count == expected.count else {
            return "\(answer.ids) where \(expected.map(\.guideline.id)) are expected"
        }
        guard Set(answer.ids).count == answer.ids.count else { return "\(answer.ids) holds one twice" }
        for (place, item) in expected.enumerated() {
            let (id, score) = (answer.ids[place], answer.scores[place])
            if place > 0, score > answer.scores[place - 1] { return "\(id) stands behind one with a lower score" }
            guard let own = scores[id] else { return "\(id) should not be found" }
            guard abs(own - score) < Self.tolerance else { return "\(id) scores \(score), should be \(own)" }
            guard id == item.guideline.id || abs(own - item.score) < Self.tolerance else {
                return "\(id) stands where \(item.guideline.id) should"
            }
        }
        return nil
    }

    /// Best first.
    private func ranked(
        _ question: LibraryQuestion, filter: RandomFilter?, in model: LibraryModel
    ) throws -> [Item] {
        let query = try vector(of: question.text)
        let usesVector = question.method != .lexical && query.contains { $0 != 0 }
        let usesWords = question.method != .dense
        let shares = usesWords ? Self.shares(of: question.text, in: model) : [:]
        var items: [Item] = []
        for record in model.records.values {
            let guideline = record.guideline
            guard filter?.matches(guideline) != false else { continue }
            let similarity = usesVector ? try similarity(of: guideline, to: query) : nil
            let share = shares[guideline.id] ?? 0
            guard similarity != nil || share > 0 else { continue }
            let bonus = usesVector ? 0.15 * pow(min(share, 1.5), 2.5) : share
            items.append(
                Item(
                    guideline: guideline, row: record.row, score: (similarity ?? 0) + Float(bonus),
                    similarity: similarity))
        }
        return items.sorted { ($1.score, $0.row) < ($0.score, $1.row) }
    }

    /// The mean of what is said and of the examples, these the mean of the best and of all; no less than the best example
    /// less 0.2.
    private func similarity(of guideline: Guideline, to query: [Float]) throws -> Float? {
        func cosine(_ text: String) throws -> Float? {
            let vector = try vector(of: text)
            let length = sqrt(vector.reduce(0) { $0 + $1 * $1 } * query.reduce(0) { $0 + $1 * $1 })
            guard length > 0 else { return nil }
            return zip(vector, query).reduce(0) { $0 + $1.0 * $1.1 } / length
        }
        let statement = try cosine(Self.statement(of: guideline))
        let examples = try guideline.examples.compactMap(cosine)
        guard let best = examples.max() else { return statement }
        let mean = (best + examples.reduce(0, +) / Float(examples.count)) / 2
        return max(statement.map { ($0 + mean) / 2 } ?? mean, best - 0.2)
    }

    private func vector(of text: String) throws -> [Float] {
        if let known = vectors[text] { return known }
        let made = try encoder.encode(text)
        vectors[text] = made
        return made
    }

    private static func statement(of guideline: Guideline) -> String {
        [guideline.title, guideline.condition, guideline.text].compactMap(\.self).joined(separator: ". ")
    }

    // MARK: Words

    /// Okapi BM25 with k1 = 1.2 and b = 0.75 over the length of the input's weights.
    private static func shares(of text: String, in model: LibraryModel) -> [String: Double] {
        let documents = model.records.mapValues { record in
            words(of: ([statement(of: record.guideline)] + record.guideline.examples).joined(separator: " "))
        }
        let mean = Double(documents.values.reduce(0) { $0 + $1.count }) / Double(max(1, documents.count))
        var scores: [String: Double] = [:]
        var squares = 0.0
        for word in Set(words(of: text)) {
            let holders = documents.filter { $0.value.contains(word) }
            let (count, held) = (Double(documents.count), Double(holders.count))
            let rarity = log(1 + (count - held + 0.5) / (held + 0.5))
            squares += rarity * rarity
            for (id, all) in holders {
                let frequency = Double(all.count { $0 == word })
                scores[id, default: 0] +=
                    rarity * 2.2 * frequency / (frequency + 1.2 * (0.25 + 0.75 * Double(all.count) / mean))
            }
        }
        return squares > 0 ? scores.mapValues { $0 / squares.squareRoot() } : [:]
    }

    /// In lower case, and without the plain plural that some of the words of ``LibraryScript`` have.
    private static func words(of text: String) -> [String] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber }.map { word in
            word.count > 3 && word.hasSuffix("s") && !word.hasSuffix("ss") ? String(word.dropLast()) : String(word)
        }
    }
}
