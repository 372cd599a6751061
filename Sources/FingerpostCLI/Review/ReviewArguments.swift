import ArgumentParser
import GuideAlign
import GuidelineStore

/// The status of guidelines that are reviewed.
struct ReviewStatus: ExpressibleByArgument {
    let value: Guideline.Status

    init(_ value: Guideline.Status) { self.value = value }

    init?(argument: String) {
        guard let value = Guideline.Status(rawValue: argument), value != .retired else { return nil }
        self.value = value
    }

    static let allValueStrings = Guideline.Status.allCases.filter { $0 != .retired }.map(\.rawValue)
    var defaultValueDescription: String { value.rawValue }
}

/// What comes first in a review.
struct ReviewOrder: ExpressibleByArgument {
    let value: GuidelineReview.Order

    init(_ value: GuidelineReview.Order) { self.value = value }

    init?(argument: String) {
        guard let value = GuidelineReview.Order(rawValue: argument) else { return nil }
        self.value = value
    }

    static let allValueStrings = GuidelineReview.Order.allCases.map(\.rawValue)
    var defaultValueDescription: String { value.rawValue }
}
