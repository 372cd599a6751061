import GuidelineStore

/// What is known of inputs, in terms of the guidelines of a scope.
struct CalibrationLabels {
    /// An input with what applies to it.
    struct Resolved {
        var input: LabelledInput
        /// Places of guidelines that apply; those with one of the risks where risks were given.
        var applying: Set<Int>
        var isBenign: Bool
        /// Of the text: the same for the same text, so that one that is there twice is not judged by itself.
        var hash: UInt64
    }

    let guidelines: [Guideline]
    private let placeOfID: [String: Int]
    private var placesOfRisk: [String: Set<Int>] = [:]
    private(set) var missing: Set<String> = []
    private(set) var leftOutCount = 0

    init(guidelines: [Guideline]) {
        self.guidelines = guidelines
        placeOfID = Dictionary(guidelines.enumerated().map { ($0.element.id, $0.offset) }) { first, _ in first }
        for (place, guideline) in guidelines.enumerated() {
            for risk in guideline.risk { placesOfRisk[risk, default: []].insert(place) }
        }
    }

    /// Inputs to which something outside the scope applies say nothing, and are left out.
    ///
    /// - Throws: ``FingerpostError/unknownPositive(id:query:_:)`` unless that is allowed.
    mutating func resolve(
        _ inputs: [LabelledInput], options: CalibrationOptions, knows: (String) throws -> Bool
    ) throws -> [Resolved] {
        var resolved: [Resolved] = []
        for input in inputs {
            var applying: Set<Int> = []
            switch input.label {
            case .benign: break
            case .guidelines(let ids):
                for id in ids {
                    if let place = placeOfID[id] {
                        applying.insert(place)
                    } else if try !missing.contains(id) && !knows(id) {
                        guard options.allowsMissingPositives else {
                            throw FingerpostError.unknownPositive(id: id, query: input.id, input.location)
                        }
                        missing.insert(id)
                    }
                }
            case .risks(let codes):
                for code in codes { applying.formUnion(placesOfRisk[code] ?? []) }
            }
            let isBenign = input.label == .benign
            guard isBenign || !applying.isEmpty else {
                leftOutCount += 1
                continue
            }
            resolved.append(
                Resolved(input: input, applying: applying, isBenign: isBenign, hash: Self.hash(input.text)))
        }
        return resolved
    }

    /// FNV-1a, with its bits mixed: the low ones choose the part.
    private static func hash(_ text: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash = (hash ^ (hash >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        return hash ^ (hash >> 33)
    }
}
