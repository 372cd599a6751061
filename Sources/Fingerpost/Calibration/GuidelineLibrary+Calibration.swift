import GuidelineStore
import LinearAlgebra
import Platform

extension GuidelineLibrary {
    /// The calibration that searches use; nil where there is none.
    public var calibration: Calibration? {
        get throws { try currentPassages(withWords: false).calibration.get() }
    }

    /// Keeps a calibration in the library, in one transaction, and uses it from now on; nil removes the one there is.
    public func setCalibration(_ calibration: Calibration?) throws {
        let stored = try calibration?.stored(dimension: encoder.dimension)
        try change(nil) { try $0.setCalibration(stored) }
    }

    /// Removes the calibration that the library has, also one that is damaged; false if it has none.
    @discardableResult
    public func removeCalibration() throws -> Bool {
        let known = Result { try calibration != nil }
        if case .success(false) = known { return false }
        try setCalibration(nil)
        return true
    }

    /// Learns thresholds from inputs with known answers. Nothing is changed: see ``setCalibration(_:)``.
    ///
    /// A guideline counts where its evidence reaches its threshold. Evidence is its similarity, and, where that finds more,
    /// a part of how much more the input looks like those given to which something applies than like those to which nothing
    /// does. Every number in the report is of inputs judged by what the four fifths that they are not among teach; the
    /// calibration itself is learned from all.
    ///
    /// The threshold is the lowest by which the rate of false alarms is no higher than asked for with the confidence asked
    /// for, for inputs like those given (the bound of Clopper and Pearson).
    ///
    /// - Parameters:
    ///   - inputs: with what applies to them. Those to which nothing applies should be what the library will see every day:
    ///     a promise about false alarms holds for inputs like these.
    ///   - options: the rate of false alarms, and the guidelines that it is about.
    ///   - progress: told what is being done.
    /// - Throws: ``FingerpostError/nothingToCalibrate(problem:)`` without inputs of both kinds or without guidelines,
    ///   ``FingerpostError/unknownPositive(id:query:_:)``, ``FingerpostError/invalidOption(name:value:allowed:)``.
    /// - Complexity: O(inputs * passages * dimension).
    public func calibrate(
        _ inputs: [LabelledInput], options: CalibrationOptions = CalibrationOptions(),
        progress: ProgressHandler? = nil
    ) throws -> CalibrationReport {
        try options.validate()
        let passages = try currentPassages(withWords: false)
        let allowed = try options.scope.map { try filters.allowed(by: $0, in: passages, of: database) }
        let similarities = try ScopeSimilarities(passages) { allowed?.isAllowed[$0] ?? true }
        guard !similarities.guidelines.isEmpty else {
            throw FingerpostError.nothingToCalibrate(problem: "no active guideline is in the scope")
        }
        var labels = CalibrationLabels(guidelines: try records(ofRows: similarities.guidelines))
        // In an order that has nothing to do with where they come from.
        let labelled = try labels.resolve(inputs, options: options, knows: { try guideline(id: $0) != nil })
            .sorted { ($0.hash, $0.input.text) < ($1.hash, $1.input.text) }
        for (isBenign, name) in [
            (true, "to which nothing applies"), (false, "to which a guideline in the scope applies"),
        ]
        where !labelled.contains(where: { $0.isBenign == isBenign }) {
            throw FingerpostError.nothingToCalibrate(problem: "there is no input \(name)")
        }

        let total = labelled.count
        let threads = options.threads ?? self.options.threads ?? Processors.available
        let encoded = try encoder.encode(batch: labelled.map(\.input.text), threads: threads) { finished in
            progress?(LibraryProgress(stage: .encoding, completed: finished, total: total))
        }
        let study = try CalibrationStudy(
            Matrix(rows: total, columns: encoder.dimension, elements: encoded.values),
            isBenign: labelled.map(\.isBenign),
            folds: labelled.map { Int($0.hash % UInt64(CalibrationStudy.foldCount)) },
            of: similarities, limit: options.limit, usesPrecedents: options.usesPrecedents ?? true, threads: threads
        ) { completed, steps in
            progress?(LibraryProgress(stage: .calibrating, completed: completed, total: steps))
        }
        var report = CalibrationReport(
            study, labelled, labels: labels, options: options, libraryVersion: try database.libraryVersion)
        report.calibration.adapter = try passages.adapter.get()?.id
        return report
    }

    private func records(ofRows rows: [Int64]) throws -> [Guideline] {
        var byRow: [Int64: Guideline] = [:]
        try database.forEachGuideline { row, guideline in byRow[row] = guideline }
        return rows.compactMap { byRow[$0] }
    }
}

extension CalibrationOptions {
    func validate() throws(FingerpostError) {
        for (name, value) in [("falseAlarmRate", falseAlarmRate), ("confidence", confidence)]
        where !(value > 0 && value < 1) {
            throw .invalidOption(name: name, value: "\(value)", allowed: "more than 0 and less than 1")
        }
        guard limit > 0 else { throw .invalidOption(name: "limit", value: "\(limit)", allowed: "1 or more") }
    }
}
