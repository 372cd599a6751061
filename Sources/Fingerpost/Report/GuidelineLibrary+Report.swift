import Foundation
import GuidelineStore
import LinearAlgebra
import Platform

extension GuidelineLibrary {
    /// Gathers the figures on this library, and on how well it answers queries where some are given.
    ///
    /// Memory is that of the guidelines and one vector of each. Queries are answered as in ``Evaluation``, and the figures
    /// on them are those that it finds.
    ///
    /// - Throws: ``FingerpostError/unknownPositive(id:query:_:)``, and what a search and the store throw.
    public func report(
        queries: [EvaluationQuery] = [], options: LibraryReport.Options = LibraryReport.Options(),
        progress: (@Sendable (_ step: String, _ completed: Int, _ total: Int) -> Void)? = nil
    ) throws -> LibraryReport {
        progress?("Reading", 0, 1)
        var guidelines: [Guideline] = []
        var places: [Int64: Int] = [:]
        try database.forEachGuideline { row, guideline in
            places[row] = guidelines.count
            guidelines.append(guideline)
        }
        let answers =
            queries.isEmpty
            ? nil : try ReportAnswers(queries, in: self, options: options) { progress?("Searching", $0, $1) }
        progress?("Mapping", 0, 1)
        let (mapped, vectors) = try statementVectors(places)
        let map = try ThemeMap(vectors, threads: options.threads ?? Processors.available)
        var themes = [Int?](repeating: nil, count: guidelines.count)
        for (place, cluster) in zip(mapped, map.clusters) { themes[place] = cluster }
        var report = try counts(of: guidelines)
        report.themes = Self.themes(guidelines, themes, count: map.clusterCount, answers)
        report.withoutTheme = themes.count { $0 == nil }
        let step = max(1, Double(mapped.count) / Double(max(1, options.mapLimit)))
        report.map = stride(from: 0, to: Double(mapped.count), by: step).compactMap { start in
            let index = Int(start)
            guard mapped.indices.contains(index), map.points.indices.contains(index) else { return nil }
            let guideline = guidelines[mapped[index]]
            return .init(
                id: guideline.id, title: guideline.headline, theme: map.clusters[index] + 1, x: map.points[index].x,
                y: map.points[index].y)
        }
        report.rules = Self.rules(guidelines, themes, answers, limit: options.ruleLimit)
        report.calibration = try calibration.map(LibraryReport.CalibrationFigures.init)
        report.evaluation = answers?.curves
        return report
    }

    /// The vectors of what guidelines say, and whose they are.
    private func statementVectors(_ places: [Int64: Int]) throws -> (places: [Int], vectors: Matrix) {
        var mapped: [Int] = []
        var values: [Float] = []
        try database.forEachVector { vector in
            guard vector.field == .text, let place = places[vector.guidelineRow],
                vector.values.contains(where: { $0 != 0 })
            else { return }
            mapped.append(place)
            values.append(contentsOf: vector.values)
        }
        return (mapped, try Matrix(rows: mapped.count, columns: encoder.dimension, elements: values))
    }

    private func counts(of guidelines: [Guideline]) throws -> LibraryReport {
        func all<Value: CaseIterable & RawRepresentable<String> & Equatable>(
            _ values: [Guideline], _ field: (Guideline) -> Value
        ) -> [LibraryReport.Count] {
            Value.allCases.map { value in .init(name: value.rawValue, count: values.count { field($0) == value }) }
        }
        func most(_ fields: (Guideline) -> [String]) -> [LibraryReport.Count] {
            var counts: [String: Int] = [:]
            for guideline in guidelines { for name in Set(fields(guideline)) { counts[name, default: 0] += 1 } }
            return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
                .init(name: $0.key, count: $0.value)
            }
        }
        let tenths = guidelines.compactMap(\.threshold).map { min(9, max(-10, Int(($0 * 10).rounded(.down)))) }
        let range = (min(0, tenths.min() ?? 0))...9
        return LibraryReport(
            library: folder.standardizedFileURL.lastPathComponent, libraryVersion: try libraryVersion,
            lastChange: try database.lastChange(), encoder: encoder.identity.description,
            guidelineCount: guidelines.count, exampleCount: guidelines.reduce(0) { $0 + $1.examples.count },
            passageCount: try database.statistics().passageCount,
            severities: Guideline.Severity.allCases.reversed().map { severity in
                let rows = guidelines.filter { $0.severity == severity }
                return .init(
                    severity: severity, count: rows.count, byKind: all(rows, \.kind), byStatus: all(rows, \.status))
            },
            kinds: all(guidelines, \.kind), statuses: all(guidelines, \.status),
            authorities: all(guidelines, \.authority),
            risks: most(\.risk), languages: most { [$0.language] }, tags: most(\.tags),
            thresholds: tenths.isEmpty
                ? []
                : range.map { tenth in
                    .init(name: Figure.decimal(Double(tenth) / 10, 1), count: tenths.count { $0 == tenth })
                },
            withoutThreshold: guidelines.count { $0.threshold == nil }, themes: [], withoutTheme: 0, map: [], rules: [])
    }

    private static func themes(
        _ guidelines: [Guideline], _ themes: [Int?], count: Int, _ answers: ReportAnswers?
    ) -> [LibraryReport.Theme] {
        var words = DistinctiveWords(groups: count)
        var result = (0..<count).map {
            LibraryReport.Theme(
                number: $0 + 1, words: [], count: 0, withExamples: 0, withCounterexamples: 0, withThreshold: 0,
                withRisk: 0)
        }
        var themeOf: [String: Int] = [:]
        for (guideline, theme) in zip(guidelines, themes) {
            guard let theme else { continue }
            themeOf[guideline.id] = theme
            words.add(guideline.statement, group: theme)
            result[theme].count += 1
            if !guideline.examples.isEmpty { result[theme].withExamples += 1 }
            if !guideline.counterexamples.isEmpty { result[theme].withCounterexamples += 1 }
            if guideline.threshold != nil { result[theme].withThreshold += 1 }
            if !guideline.risk.isEmpty { result[theme].withRisk += 1 }
        }
        for theme in 0..<count { result[theme].words = words.best(of: theme, limit: 3) }
        guard let answers else { return result }
        var sums = [(queries: Int, recall: Double, abstained: Int)](repeating: (0, 0, 0), count: count)
        for (index, query) in answers.queries.enumerated() {
            let found = Set(answers.first(index))
            for (theme, positives) in Dictionary(grouping: query.positives, by: { themeOf[$0] }) {
                guard let theme else { continue }
                sums[theme].queries += 1
                sums[theme].recall += Double(positives.count { found.contains($0) }) / Double(positives.count)
                if answers.abstains(index) { sums[theme].abstained += 1 }
            }
        }
        for (theme, sum) in sums.enumerated() where sum.queries > 0 {
            result[theme].coverage = .init(
                queries: sum.queries, recallAt6: sum.recall / Double(sum.queries),
                abstained: Double(sum.abstained) / Double(sum.queries))
        }
        return result
    }

    private static func rules(
        _ guidelines: [Guideline], _ themes: [Int?], _ answers: ReportAnswers?, limit: Int
    ) -> [LibraryReport.Rule] {
        var retrieved: [String: Int] = [:]
        var wrong: [String: Int] = [:]
        var rivals: [String: [String: Int]] = [:]
        for (index, query) in (answers?.queries ?? []).enumerated() {
            let first = answers?.first(index) ?? []
            for id in first {
                retrieved[id, default: 0] += 1
                if !query.positives.contains(id) { wrong[id, default: 0] += 1 }
            }
            guard let rival = first.first(where: { !query.positives.contains($0) }) else { continue }
            for id in query.positives { rivals[id, default: [:]][rival, default: 0] += 1 }
        }
        let order = guidelines.indices.sorted { one, other in
            (guidelines[other].severity.weight, guidelines[one].id) < (
                guidelines[one].severity.weight, guidelines[other].id
            )
        }
        return order.prefix(max(0, limit)).map { place in
            let guideline = guidelines[place]
            return .init(
                id: guideline.id, title: guideline.headline, theme: themes[place].map { $0 + 1 },
                severity: guideline.severity, status: guideline.status, examples: guideline.examples.count,
                threshold: guideline.threshold, retrieved: answers.map { _ in retrieved[guideline.id] ?? 0 },
                wronglyRetrieved: answers.map { _ in wrong[guideline.id] ?? 0 },
                rival: rivals[guideline.id]?.min { ($1.value, $0.key) < ($0.value, $1.key) }?.key)
        }
    }
}

extension Guideline {
    /// The title, or how the text begins, on one line.
    var headline: String { Figure.shortened(title ?? text, to: 110) }
}

extension Guideline.Severity {
    package var weight: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
