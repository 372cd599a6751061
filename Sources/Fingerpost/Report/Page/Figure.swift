import Foundation

/// Numbers as a page shows them, the same in every locale.
package enum Figure {
    package static func decimal(_ value: Double, _ places: Int = 2) -> String {
        let text = String(format: "%.\(places)f", locale: nil, value)
        return text.hasPrefix("-") && !text.contains(where: { "123456789".contains($0) })
            ? String(text.dropFirst()) : text
    }
    package static func percent(_ share: Double) -> String { decimal(100 * share, 1) + "%" }
    /// With commas between thousands.
    package static func count(_ value: Int) -> String {
        let digits = String(abs(value))
        var text = value < 0 ? "-" : ""
        for (place, digit) in digits.enumerated() {
            if place > 0, (digits.count - place) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return text
    }
    /// At most so many characters, the last of them an ellipsis where some are left out.
    package static func shortened(_ text: String, to length: Int) -> String {
        text.count <= length ? text : text.prefix(max(0, length - 1)) + "…"
    }
    package static func optional(_ value: Double?, _ places: Int = 2) -> String {
        value.map { decimal($0, places) } ?? "–"
    }
    package static func optionalPercent(_ value: Double?) -> String { value.map(percent) ?? "–" }
}
