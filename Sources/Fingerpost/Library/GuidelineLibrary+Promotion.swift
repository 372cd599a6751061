import Foundation
import GuidelineStore

extension GuidelineLibrary {
    /// The versions of the library that were promoted, the oldest first.
    public var releases: [LibraryRelease] { get throws { try database.releases } }

    /// Makes the library what a candidate is: its guidelines, its thresholds and its fitted retriever, in one transaction.
    ///
    /// A search sees all of it or nothing, in this process and in others. Guidelines that the candidate does not have go;
    /// what was before stays in the history, and ``rollback(to:progress:)`` to the version before brings it back, thresholds
    /// and retriever included. Vectors are taken over with their texts, so that nothing is encoded again.
    ///
    /// - Parameters:
    ///   - candidate: a library with the same encoder, such as a copy that was changed; see ``copy(to:)``.
    ///   - name: what people call the release.
    ///   - note: why it was made.
    ///   - figures: what was measured before.
    /// - Throws: ``FingerpostError/encoderMismatch(library:stored:given:)``, ``FingerpostError/samePlace(library:)``,
    ///   ``FingerpostError/changedMeanwhile(library:)``, ``FingerpostError/invalidCalibration(library:problem:)`` and
    ///   ``FingerpostError/invalidAdapter(library:problem:)`` of the candidate, ``GuidelineStoreError``; then nothing has
    ///   changed.
    /// - Complexity: O(guidelines of both).
    @discardableResult
    public func promote(
        _ candidate: GuidelineLibrary, name: String? = nil, note: String? = nil, figures: JSONValue? = nil,
        progress: ProgressHandler? = nil
    ) throws -> PromotionOutcome {
        guard folder.resolvingSymlinksInPath().path != candidate.folder.resolvingSymlinksInPath().path else {
            throw FingerpostError.samePlace(library: folder.path)
        }
        guard encoder.identity.record.isSameEncoder(as: candidate.encoder.identity.record) else {
            throw FingerpostError.encoderMismatch(
                library: folder.path, stored: encoder.identity.record, given: candidate.encoder.identity)
        }
        let other = candidate.database
        let generation = try other.generation
        let calibration = try candidate.calibration
        let candidateVersion = try other.libraryVersion
        let stored = try other.adapter
        return try change(progress) { transaction in
            let outcome = try transaction.takeGuidelines(of: other)
            var adapter = stored
            if let stored {
                let prominences = try transaction.prominences(of: other, by: stored.prominences)
                adapter = StoredAdapter(record: stored.record, numbers: stored.numbers, prominences: prominences)
            }
            try transaction.setAdapter(adapter)
            let moved = calibration?.moved(
                from: candidateVersion, to: outcome.libraryVersion,
                adapters: (
                    stored.map { AppliedAdapter.id($0.checksum) }, adapter.map { AppliedAdapter.id($0.checksum) }
                ))
            try transaction.setCalibration(try moved?.stored(dimension: encoder.dimension))
            try transaction.recordRelease(
                libraryVersion: outcome.libraryVersion, name: name, note: note, figures: figures)
            guard try other.generation == generation else {
                throw FingerpostError.changedMeanwhile(library: candidate.folder.path)
            }
            return outcome
        }
    }

    /// What ``promote(_:name:note:figures:progress:)`` would change; both versions are the present one.
    ///
    /// - Complexity: O(guidelines of both).
    public func promotionOutcome(of candidate: GuidelineLibrary) throws -> PromotionOutcome {
        let version = try libraryVersion
        var outcome = PromotionOutcome(libraryVersion: version, previousVersion: version)
        var own: [String: Guideline] = [:]
        var order: [String] = []
        try forEachGuideline { guideline in
            own[guideline.id] = guideline
            order.append(guideline.id)
        }
        try candidate.forEachGuideline { guideline in
            guard let before = own.removeValue(forKey: guideline.id) else {
                outcome.added.append(guideline.id)
                return
            }
            var same = guideline
            same.version = before.version
            if same.jsonText.utf8.elementsEqual(before.jsonText.utf8) {
                outcome.unchangedCount += 1
            } else {
                outcome.updated.append(guideline.id)
            }
        }
        outcome.removed = order.filter { own[$0] != nil }
        return outcome
    }

    /// Copies the library, as it is now, into a folder that holds none, while it may be read and written: guidelines, their
    /// history, vectors, thresholds and the fitted retriever. The index of the copy is built when it is first opened.
    ///
    /// - Throws: ``GuidelineStoreError``, `libraryExists` among its cases.
    public func copy(to target: URL) throws { try database.backup(to: target) }
}

extension Calibration {
    /// The calibration as another library has it, whose adapter is the same and has another name there.
    fileprivate func moved(
        from candidateVersion: Int, to libraryVersion: Int, adapters: (old: String?, new: String?)
    ) -> Calibration {
        var moved = self
        // As many versions behind as it was.
        moved.libraryVersion = max(0, libraryVersion - (candidateVersion - self.libraryVersion))
        // One that is stale stays so.
        if adapter == adapters.old { moved.adapter = adapters.new }
        return moved
    }
}
