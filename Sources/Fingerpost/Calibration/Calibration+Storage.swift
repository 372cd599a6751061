import Foundation
import GuidelineStore

extension Calibration {
    /// What is kept as JSON.
    private struct Record: Codable {
        /// Raised when numbers come to mean something else, so that no program reads them as what they are not.
        var format = 1
        var scope: String?
        var threshold: Float
        var guidelineThresholds: [String: Float]
        var weight: Float
        var falseAlarmRate: Double
        var confidence: Double
        var falseAlarms: ObservedRate
        var detections: ObservedRate
        var libraryVersion: Int
        var dimension: Int
        var applyingCenters: Int
        var benignCenters: Int
        var adapter: String?
    }

    func stored(dimension: Int) throws -> StoredCalibration {
        let numbers = precedents?.numbers
        let record = Record(
            scope: scope.map { "\($0)" }, threshold: threshold, guidelineThresholds: guidelineThresholds,
            weight: weight, falseAlarmRate: falseAlarmRate, confidence: confidence, falseAlarms: falseAlarms,
            detections: detections, libraryVersion: libraryVersion, dimension: dimension,
            applyingCenters: numbers?.applying ?? 0, benignCenters: numbers?.benign ?? 0, adapter: adapter)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return StoredCalibration(
            record: String(decoding: try encoder.encode(record), as: UTF8.self), numbers: numbers?.values ?? [])
    }

    /// - Throws: ``FingerpostError/invalidCalibration(library:problem:)`` if it cannot be read: to search without
    ///   thresholds as if nobody had set any would be worse.
    init(_ stored: StoredCalibration, library: String, dimension: Int) throws {
        guard let record = try? JSONDecoder().decode(Record.self, from: Data(stored.record.utf8)) else {
            throw FingerpostError.invalidCalibration(library: library, problem: "its record cannot be read")
        }
        guard record.format == 1 else {
            throw FingerpostError.invalidCalibration(library: library, problem: "it was made by a newer version")
        }
        guard record.dimension == dimension else {
            throw FingerpostError.invalidCalibration(library: library, problem: "it was made for another encoder")
        }
        scope = try record.scope.map { try GuidelineFilter(parsing: $0) }
        (threshold, guidelineThresholds, weight) = (record.threshold, record.guidelineThresholds, record.weight)
        (falseAlarmRate, confidence) = (record.falseAlarmRate, record.confidence)
        (falseAlarms, detections) = (record.falseAlarms, record.detections)
        (libraryVersion, adapter) = (record.libraryVersion, record.adapter)
        guard record.applyingCenters > 0 || record.benignCenters > 0 || !stored.numbers.isEmpty else { return }
        precedents = try Precedents(
            applying: record.applyingCenters, benign: record.benignCenters, dimension: dimension,
            values: stored.numbers)
        guard precedents != nil else {
            throw FingerpostError.invalidCalibration(library: library, problem: "its numbers do not fit its record")
        }
    }
}
