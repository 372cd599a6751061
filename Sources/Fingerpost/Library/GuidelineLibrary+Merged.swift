import GuidelineStore

extension GuidelineLibrary {
    /// For each guideline that was merged into another one, here or in files before they were built, the id of the one
    /// that stands for it now.
    ///
    /// Read from the field `merged` of those that were kept, and from `merged_into` of those that were retired. A
    /// guideline that is in the library and not retired stands for itself, whatever others say. O(library).
    public func mergedGuidelines() throws -> [String: String] {
        var survivors: [String: String] = [:]
        var standing: Set<String> = []
        try forEachGuideline { guideline in
            if case .string(let kept)? = guideline.additionalFields["merged_into"], guideline.status == .retired {
                survivors[guideline.id] = kept
            } else {
                standing.insert(guideline.id)
            }
            for id in guideline.mergedIDs where survivors[id] == nil { survivors[id] = guideline.id }
        }
        var resolved: [String: String] = [:]
        for id in survivors.keys where !standing.contains(id) {
            var kept = id
            // A kept one may have been merged later; a circle, which no merge makes, ends too.
            var steps = 0
            while !standing.contains(kept), let next = survivors[kept], steps <= survivors.count {
                kept = next
                steps += 1
            }
            if standing.contains(kept) { resolved[id] = kept }
        }
        return resolved
    }
}

extension Guideline {
    /// The ids of what was merged into it.
    var mergedIDs: [String] {
        mergedEntries.compactMap { entry in
            guard case .object(let members) = entry, case .string(let id)? = members["id"] else { return nil }
            return id
        }
    }
}
