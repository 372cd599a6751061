import Foundation

/// How loss, nDCG@10 and recall@6 went from epoch to epoch, as a picture that stands by itself (SVG).
public struct FittingPicture: Sendable {
    private let report: FittingReport
    private static let (width, height, left, right, top, bottom) = (640.0, 220.0, 64.0, 16.0, 34.0, 36.0)

    public init(_ report: FittingReport) { self.report = report }

    /// Two panels over the same epochs: the loss, and what is found.
    public var svg: String {
        let epochs = report.epochs
        let total = 2 * Self.height
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Self.text(Self.width, 0)) \(Self.text(total, 0))" role="img">
            <title>Fitting a retriever</title>
            <style>text{font:12px system-ui,sans-serif;fill:#333}.axis{stroke:#999}.a{stroke:#0b5fa5}.b{stroke:#b3541e}\
            polyline{fill:none;stroke-width:2}.b{stroke-dasharray:5 3}</style>
            <rect width="100%" height="100%" fill="#fff"/>
            \(panel("Loss", [("a", "", epochs.map(\.loss))], at: 0))
            \(panel("nDCG@10 (solid) and recall@6 (dashed) of the inputs that choose; epoch \(report.bestEpoch) was taken",
                [("a", "nDCG@10", epochs.map(\.gain)), ("b", "recall@6", epochs.map(\.recall))], at: Self.height))
            </svg>

            """
    }

    private func panel(_ title: String, _ series: [(name: String, label: String, values: [Double?])], at y: Double)
        -> String
    {
        let values = series.flatMap { $0.values.compactMap(\.self) }
        guard let least = values.min(), let most = values.max() else { return "" }
        let span = max(most - least, 1e-9)
        let last = Double(max(1, report.epochs.count - 1))
        func x(_ epoch: Int) -> Double { Self.left + Double(epoch) / last * (Self.width - Self.left - Self.right) }
        func level(_ value: Double) -> Double {
            y + Self.top + (most - value) / span * (Self.height - Self.top - Self.bottom)
        }
        var parts = [
            "<text x=\"\(Self.text(Self.left, 0))\" y=\"\(Self.text(y + 18, 0))\">\(title)</text>",
            "<line class=\"axis\" x1=\"\(Self.text(Self.left, 0))\" x2=\"\(Self.text(Self.width - Self.right, 0))\" "
                + "y1=\"\(Self.text(level(least), 1))\" y2=\"\(Self.text(level(least), 1))\"/>",
        ]
        for value in [least, most] {
            parts.append(
                "<text x=\"\(Self.text(Self.left - 6, 0))\" y=\"\(Self.text(level(value) + 4, 1))\" text-anchor=\"end\">"
                    + "\(Self.text(value, 4))</text>")
        }
        for epoch in Set([0, report.bestEpoch, report.epochs.count - 1]).sorted() {
            parts.append(
                "<text x=\"\(Self.text(x(epoch), 1))\" y=\"\(Self.text(y + Self.height - 14, 0))\" "
                    + "text-anchor=\"middle\">\(epoch)</text>")
        }
        for (name, _, values) in series {
            let points = values.enumerated().compactMap { epoch, value in
                value.map { "\(Self.text(x(epoch), 1)),\(Self.text(level($0), 1))" }
            }
            parts.append("<polyline class=\"\(name)\" points=\"\(points.joined(separator: " "))\"/>")
        }
        return parts.joined(separator: "\n")
    }

    private static func text(_ value: Double, _ places: Int) -> String {
        String(format: "%.\(places)f", locale: nil, value)
    }
}
