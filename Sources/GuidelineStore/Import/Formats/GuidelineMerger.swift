/// One place in a file at which a guideline was found, with the input it was found for.
struct Sighting {
    var title: String?
    var text: String
    /// The guideline's own id, where the file has one.
    var id: String?
    /// What the text is called in messages.
    var field: String
}

/// Brings together the guidelines of formats that repeat them for every input, by what they say.
///
/// Memory is in proportion to the distinct guidelines, each with a bounded number of examples, and not to the pairs:
/// 700,000 pairs of 33,000 guidelines are as many lookups.
final class GuidelineMerger {
    fileprivate struct Entry {
        var guideline: Guideline
        var location: InputLocation
        var format: ImportFormat
        var hasOwnID: Bool
        var examples: [String] = []
        var knownExamples: Set<String> = []
        var support = 0
    }

    /// What is known of a sighting before anything is kept of its record.
    private enum Place {
        case known(Int)
        case new(Guideline, key: [UInt8])
    }

    private let maximumExamples: Int
    private var entries: [Entry] = []
    /// Entries by their title and text as the file has them, which are checked only when they are first seen.
    private var written: [[UInt8]: Int] = [:]
    /// Entries by the hash of what they say.
    private var said: [String: Int] = [:]

    init(maximumExamples: Int) {
        self.maximumExamples = max(0, maximumExamples)
    }

    /// Takes in what one record says: guidelines that apply to `input`, if it names one. O(length of the texts).
    ///
    /// - Throws: If one of them cannot be used; then none is kept.
    func add(
        _ sightings: [Sighting], input: String?, at location: InputLocation, format: ImportFormat
    ) throws(GuidelineStoreError) {
        var places: [(Place, id: String?)] = []
        places.reserveCapacity(sightings.count)
        for sighting in sightings { places.append((try place(of: sighting, at: location), sighting.id)) }
        var counted: Set<Int> = []
        for (place, id) in places {
            let index = index(of: place, id: id, at: location, format: format)
            if let input, counted.insert(index).inserted { entries[index].note(input, limit: maximumExamples) }
        }
    }

    /// Hands out what was merged, in the order in which it was first seen, and forgets it.
    func drain(_ body: (FoundGuideline) throws -> Void) rethrows {
        let drained = entries
        (entries, written, said) = ([], [:], [:])
        for entry in drained { try body(FoundGuideline(guideline: entry.merged, location: entry.location)) }
    }

    private func place(of sighting: Sighting, at location: InputLocation) throws(GuidelineStoreError) -> Place {
        var key = Array((sighting.title ?? "").utf8)
        // No UTF-8 has this byte. An id is part of the key so that it is checked too.
        key.append(0xFF)
        key.append(contentsOf: sighting.text.utf8)
        if let id = sighting.id {
            key.append(0xFF)
            key.append(contentsOf: id.utf8)
        }
        if let index = written[key] { return .known(index) }
        let guideline = Guideline(id: sighting.id ?? "", title: sighting.title, text: sighting.text)
        do throws(GuidelineStoreError) {
            return .new(try guideline.validated(at: location), key: key)
        } catch {
            guard case .emptyText = error else { throw error }
            throw .emptyText(field: sighting.field, location)
        }
    }

    private func index(
        of place: Place, id: String?, at location: InputLocation, format: ImportFormat
    ) -> Int {
        switch place {
        case .known(let index): return index
        case .new(let guideline, let key):
            let index: Int
            if let known = said[guideline.contentHash] {
                index = known
                if !entries[index].hasOwnID, id != nil {
                    entries[index].guideline.id = guideline.id
                    entries[index].hasOwnID = true
                }
            } else {
                index = entries.count
                said[guideline.contentHash] = index
                entries.append(
                    Entry(guideline: guideline, location: location, format: format, hasOwnID: id != nil))
            }
            written[key] = index
            return index
        }
    }
}

extension GuidelineMerger.Entry {
    fileprivate mutating func note(_ input: String, limit: Int) {
        support += 1
        guard examples.count < limit, knownExamples.insert(input).inserted else { return }
        examples.append(input)
    }

    fileprivate var merged: Guideline {
        var result = guideline
        result.examples = examples
        result.source = format.source(at: location)
        if support > 0 { result.additionalFields["support"] = .integer(support) }
        return result
    }
}
