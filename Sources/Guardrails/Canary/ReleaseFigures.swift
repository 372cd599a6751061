import Fingerpost
import Foundation

/// The figures of a release, as its library keeps them: the canary set before and after.
public struct ReleaseFigures: Sendable, Hashable, Codable {
    public var before: CanaryScore
    public var after: CanaryScore

    public init(before: CanaryScore, after: CanaryScore) { (self.before, self.after) = (before, after) }

    /// The figures that a release has; nil where nothing was measured, or by other means.
    public init?(_ release: LibraryRelease) {
        guard let figures = release.figures,
            let read = try? JSONDecoder().decode(Self.self, from: Data(figures.jsonText.utf8))
        else { return nil }
        self = read
    }

    /// As ``GuidelineLibrary/promote(_:name:note:figures:progress:)`` takes them.
    public var json: JSONValue {
        func rate(_ rate: ObservedRate) -> JSONValue {
            .object(["count": .integer(rate.count), "total": .integer(rate.total)])
        }
        func score(_ score: CanaryScore) -> JSONValue {
            .object([
                "set": .string(score.set), "caught": rate(score.caught), "named": rate(score.named),
                "falseAlarms": rate(score.falseAlarms),
            ])
        }
        return .object(["before": score(before), "after": score(after)])
    }
}
